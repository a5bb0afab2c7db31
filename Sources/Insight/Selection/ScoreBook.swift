/// The score of every prompt, as far as it is known, and an index of the largest.
struct ScoreBook: Sendable {
  /// The scores in single precision, `[N]`: ``stale`` where a score has to be computed, ``unavailable`` where
  /// the prompt cannot be chosen now.
  ///
  /// Scores that agree to 24 bits are as good as equal, and equal ones are ordered at random. At full
  /// precision, rounding would decide between beliefs that are worth the same, such as Beta(3, 7) and Beta(7,
  /// 3).
  private(set) var scores: [Float]
  /// The K that the scores are for.
  private(set) var rollouts: Int
  /// The largest scores of the whole pool; built when they are first asked for.
  private(set) var index: ScoreIndex?
  /// The positions whose scores changed since the index was brought up to date; empty without an index.
  private(set) var changed: [Int32] = []

  static let stale = Float.nan
  static let unavailable = -Float.infinity

  /// `count` free prompts with the same score.
  init(count: Int, score: Float = stale, rollouts: Int) {
    scores = Array(repeating: score, count: count)
    self.rollouts = rollouts
  }

  /// The score at `position`.
  subscript(position: Int) -> Float { scores[position] }

  /// Forgets a score, because the belief behind it changed or the prompt is free again.
  mutating func markStale(_ position: Int) { change(Self.stale, at: position) }

  /// Keeps a prompt out of every choice.
  mutating func markUnavailable(_ position: Int) { change(Self.unavailable, at: position) }

  /// Those of `positions` that have to be scored.
  func stale(among positions: [Int32]) -> [Int32] { positions.filter { scores[Int($0)].isNaN } }

  /// Enters scores of single prompts.
  mutating func record(_ newScores: [Float], at positions: [Int32]) {
    for (position, score) in zip(positions, newScores) { change(score, at: Int(position)) }
  }

  private mutating func change(_ score: Float, at position: Int) {
    scores[position] = score
    guard index != nil else { return }
    changed.append(Int32(position))
    // Selections that draw candidates never read the index, so that nothing would empty this list. A new
    // index is then cheaper than a long list.
    if changed.count > max(4096, scores.count / 64) {
      index = nil
      changed = []
    }
  }

  /// Those that changed since the index was brought up to date and have to be scored; `nil` if the whole
  /// pool has to be filled in: there is no index, or scores are wanted for another K.
  func staleSinceIndex(rollouts: Int) -> [Int32]? {
    index == nil || rollouts != self.rollouts ? nil : stale(among: changed)
  }

  /// Enters scores without a note for the index, which is brought up to date or built anew afterwards.
  mutating func fill(_ newScores: [Float], at positions: [some BinaryInteger]) {
    for (position, score) in zip(positions, newScores) { scores[Int(position)] = score }
  }

  /// Every free prompt's score is now for `rollouts`.
  mutating func endFilling(rollouts: Int, indexed: Bool) {
    self.rollouts = rollouts
    index = indexed ? ScoreIndex(of: scores) : nil
    changed = []
  }

  /// Brings the index up to date.
  mutating func updateIndex() {
    index?.update(at: changed, of: scores)
    changed = []
  }
}

extension Float {
  /// A score as ``ScoreBook`` keeps it: finite whatever the method computed, so that it is neither of the
  /// marks.
  init(score: Double) {
    let bound = Double(Float.greatestFiniteMagnitude)
    self = score.isNaN ? -Float.greatestFiniteMagnitude : Float(Swift.min(Swift.max(score, -bound), bound))
  }
}
