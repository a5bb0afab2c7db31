import Foundation

/// Repeated timings of one piece of work.
public struct Timings {
  /// Each time, in seconds.
  public private(set) var seconds: [Double] = []

  /// No timings.
  public init() {}

  /// Times `body` once.
  public mutating func measure<Result>(_ body: () throws -> Result) rethrows -> Result {
    let start = ContinuousClock.now
    let result = try body()
    append(since: start)
    return result
  }

  /// Adds the time since `start`.
  public mutating func append(since start: ContinuousClock.Instant) {
    seconds.append((ContinuousClock.now - start) / .seconds(1))
  }

  /// Adds the timings of `other`.
  public mutating func append(_ other: Timings) { seconds += other.seconds }

  /// The middle of the timings, in seconds.
  public var median: Double { seconds.sorted()[seconds.count / 2] }
  /// The fastest timing, in seconds: what the work takes where nothing else disturbs it.
  public var fastest: Double { seconds.min() ?? .nan }
}

/// The most memory that this process ever held, in bytes; 0 where the system does not tell.
public func peakMemory() -> Int { statusBytes("VmHWM") }

/// The memory that this process holds now, in bytes; 0 where the system does not tell.
public func residentMemory() -> Int { statusBytes("VmRSS") }

private func statusBytes(_ key: String) -> Int {
  guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
  let line = status.split(separator: "\n").first { $0.hasPrefix(key + ":") }
  return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first).flatMap { Int($0) }.map { $0 * 1024 }
    ?? 0
}

/// Prints `object` as JSON.
public func printJSON(_ object: [String: Any]) throws {
  let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .prettyPrinted])
  print(String(decoding: data, as: UTF8.self))
}
