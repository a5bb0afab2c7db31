/// Repeats prompts whose last group was near half right, and fills the rest of the batch with fresh prompts.
///
/// ```
/// buffer    low ≤ r ≤ high, r > 0           r the mean outcome of the prompt's last group
/// replays   at most ⌊share · M⌋ a batch, those with the least |r − ½| first
/// a replay  comes `cooldown` batches after the prompt's last group at the earliest, and
///           `maximumReuses` times at most
/// fresh     each prompt once before any comes again, at random
/// ```
/// Of buffered prompts that are equally far from one half, the one with the lower rate comes first, then the
/// one that was repeated less often.
///
/// Source: arXiv:2603.21177 and its authors' code.
public struct PromptReplay: LearningAcquisition {
  /// `prompt-replay`.
  public static let about = MethodSummary(
    name: "prompt-replay",
    summary: "Half of a batch repeats prompts last seen near one half; the rest is fresh.",
    source: "arXiv:2603.21177"
  )
  /// The whole pool: an epoch leaves no prompt out.
  ///
  /// The method does not read the Beta belief, which is kept for everything else.
  public static var preset: SelectorConfiguration {
    SelectorConfiguration(acquisition: Self(), candidates: .wholePool)
  }

  /// The largest share of a batch that is repeated, in [0, 1]; one half in the authors' code.
  public var share: Double = 0.5
  /// Batches from a prompt's last group to its next replay, 0 or more; 2 in the authors' run script.
  ///
  /// Batches are counted by policy versions. With 1 a prompt may be repeated in the very next batch.
  public var cooldown: Int = 2
  /// How often a prompt is repeated in all, 0 for any number of times; 10 in the authors' run script.
  public var maximumReuses: Int = 10
  /// The least mean outcome of a group whose prompt is buffered, in [0, 1].
  public var low: Double = 0.25
  /// The largest mean outcome of a group whose prompt is buffered, in [0, 1].
  public var high: Double = 0.75

  /// The method with the settings of the authors' run script.
  public init() {}

  /// - Throws: ``ConfigurationError/parameter(method:name:value:expected:)`` for a rate or a share outside
  ///   [0, 1], a count out of range, or an empty band.
  public func validate() throws(ConfigurationError) {
    try requireRate(share, "share", of: Self.name)
    try requireRate(low, "low", of: Self.name)
    try requireRate(high, "high", of: Self.name)
    for (name, value) in [("cooldown", cooldown), ("maximumReuses", maximumReuses)] {
      guard (0...1_000_000).contains(value) else {
        throw .parameter(
          method: Self.name,
          name: name,
          value: Double(value),
          expected: "a whole number from 0 to 1,000,000"
        )
      }
    }
    guard low <= high else {
      throw .parameter(
        method: Self.name,
        name: "low",
        value: low,
        expected: "a rate of at most high, which is \(high)"
      )
    }
  }

  /// No visits, and nothing in the buffer.
  public func makeState() -> ReplayBuffer { ReplayBuffer(method: self) }
}
