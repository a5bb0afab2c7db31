internal import InsightPlatform

/// Wall-clock seconds of a step by phase, and the processor's seconds of all of them.
struct Phases {
  enum Phase {
    case selecting, rollingOut, updating
  }

  private var seconds: [Phase: Double] = [:]
  private var last = ContinuousClock.now
  private let processorBefore = Self.processorNow
  /// Seconds of all the processors that this process has used, up to the end of the last phase.
  private(set) var secondsOfProcessor = 0.0

  /// Counts the time since the last call, or since the start, for `phase`.
  mutating func end(_ phase: Phase) {
    let now = ContinuousClock.now
    seconds[phase, default: 0] += (now - last) / .seconds(1)
    last = now
    secondsOfProcessor = Self.processorNow - processorBefore
  }

  private static var processorNow: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  subscript(phase: Phase) -> Double { seconds[phase, default: 0] }
}
