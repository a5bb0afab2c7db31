public import InsightNumerics

/// A selection method: says how much a prompt is worth rolling out next.
///
/// A conformance *is* its configuration: a small Codable value whose stored properties are the method's
/// hyperparameters with the paper's defaults. It scores one belief; the selector draws candidates, breaks ties
/// and makes a batch of the scores by ``rule``. To add a method, write one file and one line in
/// ``Acquisitions/all``; the laws in the tests then run over it.
///
/// Most methods need nothing but the prompt's Beta belief. One that keeps knowledge of its own names a ``State``.
public protocol Acquisition: Codable, Hashable, Sendable {
  /// What the method keeps beside Beta beliefs; ``NoState`` where it keeps nothing.
  associatedtype State: MethodState = NoState

  /// The name that configurations and commands use, such as `insight`.
  static var name: String { get }
  /// One line for a list of methods.
  static var summary: String { get }
  /// Where the method is defined, such as `arXiv:2603.01907, Eq. 16`.
  static var source: String { get }
  /// The method as published: with its own belief dynamics, candidate set and filter.
  static var preset: SelectorConfiguration { get }
  /// How scores become a batch; the largest are taken by default.
  static var rule: SelectionRule { get }

  /// The method with its default hyperparameters.
  init()

  /// Whether a score is a draw, so that it cannot be kept until the belief changes.
  var draws: Bool { get }

  /// - Throws: ``ConfigurationError`` naming the hyperparameter that is out of range.
  func validate() throws(ConfigurationError)

  /// The worth of `rollouts` rollouts of a prompt with this belief; finite, larger is better.
  ///
  /// Methods with a state are asked through it instead.
  func score(_ belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double

  /// The mean of ``score(_:rollouts:using:)`` over its draws.
  func expectedScore(_ belief: BetaBelief, rollouts: Int) -> Double

  /// Scores many beliefs; a method with a vectorised formula implements it, bit for bit equal to `score`.
  func scores(
    of beliefs: BeliefBatch,
    rollouts: Int,
    into scores: UnsafeMutableBufferPointer<Double>,
    using generator: inout SeededGenerator
  )

  /// The state before any report.
  func makeState() -> State
}

extension Acquisition {
  /// The method in the paper's general setting: Beta(1, 1), λ = 1, M̂ = 16 M.
  public static var preset: SelectorConfiguration { SelectorConfiguration(acquisition: Self()) }
  /// The largest scores.
  public static var rule: SelectionRule { .largest }
  /// A function of belief and K.
  public var draws: Bool { false }
  /// Whether prompts are scored by the method's own state.
  public var keepsState: Bool { State.self != NoState.self }

  /// Nothing can be wrong.
  public func validate() throws(ConfigurationError) {}

  /// The score itself, for a method that does not draw.
  public func expectedScore(_ belief: BetaBelief, rollouts: Int) -> Double {
    var unused = SeededGenerator(seed: 0)
    return score(belief, rollouts: rollouts, using: &unused)
  }

  /// One belief after another.
  public func scores(
    of beliefs: BeliefBatch,
    rollouts: Int,
    into scores: UnsafeMutableBufferPointer<Double>,
    using generator: inout SeededGenerator
  ) {
    for index in 0..<beliefs.count {
      scores[index] = score(beliefs[index], rollouts: rollouts, using: &generator)
    }
  }
}

extension Acquisition where State == NoState {
  /// Nothing.
  public func makeState() -> NoState { NoState() }
}

/// How scores become a batch of M.
public enum SelectionRule: String, Codable, Hashable, Sendable, CaseIterable {
  /// The M largest scores, equal ones at random (arXiv:2603.01907, Eq. 17).
  case largest
  /// Drawn one after another without replacement, each time with probability proportional to the scores left.
  case proportional
}

/// Beliefs in columns, borrowed for one call.
public struct BeliefBatch {
  /// α of each belief.
  public let alphas: UnsafeBufferPointer<Double>
  /// β of each belief, `[alphas.count]`.
  public let betas: UnsafeBufferPointer<Double>

  /// A batch of beliefs whose parameters lie in ``BetaBelief/parameterRange``.
  /// - Precondition: both columns are of one length.
  public init(alphas: UnsafeBufferPointer<Double>, betas: UnsafeBufferPointer<Double>) {
    precondition(alphas.count == betas.count, "\(alphas.count) α and \(betas.count) β make no beliefs")
    self.alphas = alphas
    self.betas = betas
  }

  /// How many there are.
  public var count: Int { alphas.count }

  /// The belief at `index`.
  public subscript(index: Int) -> BetaBelief { BetaBelief(trusted: alphas[index], betas[index]) }
}
