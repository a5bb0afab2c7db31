public import InsightNumerics

/// Skips prompts whose last groups were easy or hard, the more surely the longer that lasts.
///
/// ```
/// keep with probability max(pᶻ, floor),   z = easy or hard visits in a row
/// ```
/// A group is hard when its mean outcome is at most ``hardUpTo``, and easy from ``easyFrom`` on: up to nine
/// rollouts that is all wrong and all right. Prompts are gone through in random order until M are kept. p is
/// one number for prompts last seen easy and one for those last seen hard; both move by a fixed amount a step
/// towards their target share of groups. The method is published on top of dynamic sampling, whose filter the
/// preset sets.
///
/// Two things differ from the authors' code, which goes through a data set in epochs. Here p moves from the
/// first step on, and where fewer than M candidates are kept, the rest of the batch comes from those skipped,
/// at random.
///
/// Source: arXiv:2506.02177, Algorithm 1.
public struct GRESO: LearningAcquisition {
  /// `greso`.
  public static let about = MethodSummary(
    name: "greso",
    summary: "Skips prompts after easy or hard visits, with adaptive probability; refills.",
    source: "arXiv:2506.02177, Algorithm 1"
  )
  /// Behind the filter of dynamic sampling.
  public static var preset: SelectorConfiguration {
    SelectorConfiguration(acquisition: Self(), filter: GroupFilter())
  }

  /// p at first, in [0, 1]; 0.5 in the paper.
  public var initialProbability: Double = 0.5
  /// The least chance to keep a prompt, in [0, 1].
  public var floor: Double = 0.01
  /// The share of easy and hard groups that p is moved towards, in [0, 1].
  ///
  /// 0.25 in the paper, of which one third is for easy groups and two thirds for hard ones.
  public var targetShare: Double = 0.25
  /// The change of p in a step, in [0, 1]; 0.01 in the paper.
  public var step: Double = 0.01
  /// The largest mean outcome of a hard group, in [0, 1]; 0.11 in the authors' code.
  ///
  /// From ten rollouts on a group with one right answer is hard, although it is mixed; 0 calls only groups
  /// hard that are all wrong.
  public var hardUpTo: Double = 0.11
  /// The least mean outcome of an easy group, in [0, 1]; 0.98 in the authors' code.
  ///
  /// From fifty rollouts on a group with one wrong answer is easy; 1 calls only groups easy that are all
  /// right.
  public var easyFrom: Double = 0.98
  /// Whether a prompt is kept is drawn.
  public var draws: Bool { true }

  /// The method with the paper's hyperparameters.
  public init() {}

  /// - Throws: ``ConfigurationError/parameter(method:name:value:expected:)`` for a number outside [0, 1], or
  ///   if a group could be both hard and easy.
  public func validate() throws(ConfigurationError) {
    try requireRate(initialProbability, "initialProbability", of: Self.name)
    try requireRate(floor, "floor", of: Self.name)
    try requireRate(targetShare, "targetShare", of: Self.name)
    try requireRate(step, "step", of: Self.name)
    try requireRate(hardUpTo, "hardUpTo", of: Self.name)
    try requireRate(easyFrom, "easyFrom", of: Self.name)
    guard hardUpTo < easyFrom else {
      throw .parameter(
        method: Self.name,
        name: "hardUpTo",
        value: hardUpTo,
        expected: "a mean below easyFrom, which is \(easyFrom)"
      )
    }
  }

  /// No visits.
  public func makeState() -> SkippingRecord { SkippingRecord(method: self) }
}

/// The easy and hard visits of prompts, and the two probabilities that adapt to them.
public struct SkippingRecord: MethodState {
  private let method: GRESO
  private var runs = PromptTable(initial: Run())
  // Of all steps that are over.
  private var easyProbability: Double
  private var hardProbability: Double
  // Of the step whose groups are coming in.
  private var version = 0
  private var groups = 0
  private var easyGroups = 0
  private var hardGroups = 0

  private struct Run: Codable, Hashable {
    var length = 0
    var isEasy = false
  }

  /// p is kept between these, so that neither kind is ever skipped for certain or kept for certain.
  private static let probabilityRange = 0.05...0.95

  init(method: GRESO) {
    self.method = method
    easyProbability = method.initialProbability
    hardProbability = method.initialProbability
  }

  /// Counts the group, and closes the step before where this is the first of a newer one.
  public mutating func observe(_ evidence: GroupEvidence, at position: Int, age: Int, version: Int) {
    if version > self.version {
      (easyProbability, hardProbability) = probabilities
      (groups, easyGroups, hardGroups) = (0, 0, 0)
      self.version = version
    }
    groups += 1
    let mean = evidence.successes / (evidence.successes + evidence.failures)
    let isEasy = mean >= method.easyFrom
    guard isEasy || mean <= method.hardUpTo else {
      runs[position] = Run()
      return
    }
    if isEasy { easyGroups += 1 } else { hardGroups += 1 }
    runs[position] = Run(length: runs[position].length + 1, isEasy: isEasy)
  }

  /// 1 for a prompt that is kept, 0 for one that is skipped.
  public func value(of candidate: Candidate, using generator: inout SeededGenerator) -> Double {
    generator.nextUnit() < expectedValue(of: candidate) ? 1 : 0
  }

  /// The chance to keep the prompt.
  public func expectedValue(of candidate: Candidate) -> Double {
    let run = runs[candidate.position]
    let (easy, hard) = probabilities
    let power = (run.isEasy ? easy : hard).power(run.length)
    return run.length == 0 ? 1 : max(power, method.floor)
  }

  /// Whether every count and probability could have been reached.
  public func isConsistent(count: Int) -> Bool {
    let counts = 0...Int(Int32.max)
    return (try? method.validate()) != nil
      && [version, groups, easyGroups, hardGroups].allSatisfy(counts.contains)
      && easyGroups + hardGroups <= groups
      && [easyProbability, hardProbability].allSatisfy((0...1).contains)
      && runs.isConsistent(count: count) { counts.contains($0.length) }
  }

  /// The run of easy or hard visits, whether the last was easy, and both probabilities.
  public func details(at position: Int, age: Int) -> [String: Double] {
    let run = runs[position]
    let (easy, hard) = probabilities
    return [
      "easyOrHardVisits": Double(run.length), "lastWasEasy": run.length > 0 && run.isEasy ? 1 : 0,
      "easyProbability": easy, "hardProbability": hard,
    ]
  }

  /// Both probabilities, the step that is coming in included as far as it is known.
  private var probabilities: (easy: Double, hard: Double) {
    guard groups > 0 else { return (easyProbability, hardProbability) }
    return (
      moved(easyProbability, share: easyGroups, target: method.targetShare / 3),
      moved(hardProbability, share: hardGroups, target: method.targetShare * 2 / 3)
    )
  }

  private func moved(_ probability: Double, share count: Int, target: Double) -> Double {
    let tooMany = Double(count) / Double(groups) >= target
    let next = probability + (tooMany ? -method.step : method.step)
    return min(max(next, Self.probabilityRange.lowerBound), Self.probabilityRange.upperBound)
  }
}
