internal import Foundation

/// A progress bar with rate and time left, below the lines that the work prints.
///
/// Lines go to standard output. The bar goes to standard error, if that is a terminal.
public struct ProgressBar: Sendable {
  /// The work's unit, such as `steps`.
  let unit: String
  private(set) var total: Int
  private let start: Int
  private let started = ContinuousClock.now
  private let drawsBar: Bool
  private let isQuiet: Bool

  /// Progress towards `total`, of which `start` was done before.
  public init(total: Int, startingAt start: Int = 0, unit: String, quiet: Bool = false) {
    self.total = total
    self.start = start
    self.unit = unit
    isQuiet = quiet
    drawsBar = !quiet && isatty(2) == 1
  }

  /// Makes the total `total`, where that is more than before.
  public mutating func extend(to total: Int) { self.total = max(self.total, total) }

  /// Prints `line` as it is, above the bar.
  public func say(_ line: String) {
    guard !isQuiet else { return }
    if drawsBar { write("\r\u{1B}[K", to: .standardError) }
    write(line + "\n", to: .standardOutput)
  }

  /// Prints `line` and redraws the bar for `done` units.
  public func report(_ line: String?, done: Int) { report(line, done: Double(done)) }

  /// Prints `line` and redraws the bar for `done` units, the last of them in part.
  public func report(_ line: String?, done: Double) {
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    if drawsBar { write("\r\u{1B}[K", to: .standardError) }
    if let line, !isQuiet {
      // Without a bar, the line itself says how long it will take.
      write(drawsBar ? line + "\n" : "\(line)  \(pace(done: done, seconds: seconds))\n", to: .standardOutput)
    }
    if drawsBar { write(bar(done: done, seconds: seconds), to: .standardError) }
  }

  /// Removes the bar.
  public func finish() {
    if drawsBar { write("\r\u{1B}[K", to: .standardError) }
  }

  /// `12/100 steps ━━━━━╌╌╌╌╌╌  0.82 steps/s  1m47s left`.
  func bar(done: Double, seconds: Double, width: Int = 30) -> String {
    let filled = total > 0 ? min(width, Int(done * Double(width) / Double(total))) : width
    let picture = String(repeating: "━", count: filled) + String(repeating: "╌", count: width - filled)
    return "\(Int(done))/\(total) \(unit) \(picture)  \(pace(done: done, seconds: seconds))"
  }

  /// `0.82 steps/s  1m47s left`; the rate counts only units that were done since the start.
  func pace(done: Double, seconds: Double) -> String {
    let fresh = done - Double(start)
    guard fresh > 0, seconds > 0 else { return "" }
    let rate = fresh / seconds
    // Units that take longer than a minute are counted by the hour.
    let pace =
      rate < 1.0 / 60
      ? String(format: "%.1f %@/h  ", rate * 3600, unit) : String(format: "%.2f %@/s  ", rate, unit)
    return pace + Self.duration((Double(total) - done) / rate) + " left"
  }

  /// `1h02m`, `3m05s` or `12s`.
  public static func duration(_ seconds: Double) -> String {
    // A decade is as good as forever, and fits.
    let whole = Int(min(seconds, 3e8).rounded())
    return switch whole {
    case 3600...: String(format: "%dh%02dm", whole / 3600, whole / 60 % 60)
    case 60...: String(format: "%dm%02ds", whole / 60, whole % 60)
    default: "\(whole)s"
    }
  }

  private func write(_ text: String, to handle: FileHandle) {
    // A closed pipe behind the output must not end the training.
    try? handle.write(contentsOf: Data(text.utf8))
  }
}
