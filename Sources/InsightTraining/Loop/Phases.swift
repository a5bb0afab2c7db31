/// Wall-clock seconds of a step by phase.
struct Phases {
  enum Phase {
    case selecting, rollingOut, updating
  }

  private var seconds: [Phase: Double] = [:]
  private var last = ContinuousClock.now

  /// Counts the time since the last call, or since the start, for `phase`.
  mutating func end(_ phase: Phase) {
    let now = ContinuousClock.now
    seconds[phase, default: 0] += (now - last) / .seconds(1)
    last = now
  }

  subscript(phase: Phase) -> Double { seconds[phase, default: 0] }
}
