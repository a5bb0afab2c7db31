internal import CTorch

/// The loaded library as a whole.
public enum LibTorch {
  /// Makes sure that the loaded libtorch is the one that this program was compiled for, and has `device`.
  ///
  /// The C++ interface differs between versions: without this check the first operation crashes.
  /// - Throws: ``TorchError/versionMismatch(compiled:loaded:)``, ``TorchError/noSuchDevice(_:available:)``.
  public static func require(_ device: Device) throws(TorchError) {
    let compiled = ctorch_compiled_version()
    let loaded = ctorch_loaded_version()
    guard compiled == loaded else {
      throw .versionMismatch(compiled: versionText(compiled), loaded: versionText(loaded))
    }
    if case .cuda(let index) = device, !(0..<Device.cudaCount).contains(index) {
      throw .noSuchDevice(device, available: Device.cudaCount)
    }
  }

  /// How many threads an operation on the processor may use.
  public static var threadCount: Int { Int(ctorch_thread_count()) }

  /// What ``setThreadCount(_:)`` takes.
  ///
  /// OpenMP ends the process where it cannot make the threads it was asked for, so callers refuse a number
  /// that no machine has.
  public static let threadCounts = 1...1024

  /// Sets ``threadCount`` for the whole process.
  /// - Precondition: `count` is one of ``threadCounts``.
  public static func setThreadCount(_ count: Int) throws(TorchError) {
    precondition(threadCounts.contains(count))
    try check(ctorch_set_thread_count(Int32(count)), "set_num_threads")
  }

  /// One byte each for major, minor and patch.
  static func versionText(_ version: UInt64) -> String {
    "\(version >> 16 & 0xff).\(version >> 8 & 0xff).\(version & 0xff)"
  }

  /// Turns a status of the C layer into an error.
  static func check(_ succeeded: Bool, _ name: String) throws(TorchError) {
    guard succeeded else { throw lastError(name) }
  }

  static func lastError(_ name: String) -> TorchError {
    .operationFailed(name: name, message: String(cString: ctorch_last_error()))
  }
}

/// Runs `body` without recording what gradients would need.
///
/// Recording is a setting of the thread; `body` is synchronous and so stays on it.
public func withoutGradients<Result, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let before = ctorch_set_gradient_recording(false)
  defer { _ = ctorch_set_gradient_recording(before) }
  return try body()
}
