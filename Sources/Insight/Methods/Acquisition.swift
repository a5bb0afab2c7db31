public import InsightNumerics

/// A selection method: says how much a prompt is worth rolling out next.
///
/// A conformance *is* its configuration: a small Codable value whose stored properties are the method's
/// hyperparameters with the paper's defaults. It gives one belief an acquisition value; the selector draws
/// candidates, breaks ties and makes a batch of the values by ``rule``. To add a method, write one file and
/// one line in ``Acquisitions/all``; the laws of `InsightTesting` then run over it. A method of another
/// package needs no line: see <doc:Composing>.
///
/// Most methods need nothing but the prompt's Beta belief. One that keeps knowledge beside it is a
/// ``LearningAcquisition``.
public protocol Acquisition: Codable, Hashable, Sendable {
  /// The method's name, and what lists say of it.
  static var about: MethodSummary { get }
  /// The method as published: with its own belief dynamics, candidate set and filter.
  static var preset: SelectorConfiguration { get }
  /// The way acquisition values become a batch; the largest are taken by default.
  static var rule: SelectionRule { get }

  /// The method with its default hyperparameters.
  init()

  /// Whether a value is a draw, so that it cannot be kept until the belief changes.
  var draws: Bool { get }

  /// - Throws: ``ConfigurationError`` naming the hyperparameter that is out of range.
  func validate() throws(ConfigurationError)

  /// The worth of `rollouts` rollouts of a prompt with this belief; finite, larger is better.
  func value(of belief: BetaBelief, rollouts: Int, using generator: inout SeededGenerator) -> Double

  /// The mean of ``value(of:rollouts:using:)`` over its draws.
  func expectedValue(of belief: BetaBelief, rollouts: Int) -> Double

  /// The values of many beliefs.
  ///
  /// A method with a vectorised formula implements it, bit for bit equal to ``value(of:rollouts:using:)`` for
  /// one belief after another.
  func values(
    of beliefs: BeliefBatch,
    rollouts: Int,
    into values: UnsafeMutableBufferPointer<Double>,
    using generator: inout SeededGenerator
  )
}

extension Acquisition {
  /// The name that configurations and commands use, such as `insight`.
  public static var name: String { about.name }
  /// One line for a list of methods.
  public static var summary: String { about.summary }
  /// The publication that defines the method, such as `arXiv:2603.01907, Eq. 16`.
  public static var source: String { about.source }
  /// The method in the paper's general setting: Beta(1, 1), λ = 1, M̂ = 16 M.
  public static var preset: SelectorConfiguration { SelectorConfiguration(acquisition: Self()) }
  /// The largest values.
  public static var rule: SelectionRule { .largest }
  /// A value follows from the belief and K.
  public var draws: Bool { false }

  /// Nothing can be wrong.
  public func validate() throws(ConfigurationError) {}

  /// The value itself, for a method that does not draw.
  public func expectedValue(of belief: BetaBelief, rollouts: Int) -> Double {
    var unused = SeededGenerator(seed: 0)
    return value(of: belief, rollouts: rollouts, using: &unused)
  }

  /// One belief after another.
  public func values(
    of beliefs: BeliefBatch,
    rollouts: Int,
    into values: UnsafeMutableBufferPointer<Double>,
    using generator: inout SeededGenerator
  ) {
    for index in 0..<beliefs.count {
      values[index] = value(of: beliefs[index], rollouts: rollouts, using: &generator)
    }
  }
}

/// A method's entry in lists.
public struct MethodSummary: Hashable, Sendable {
  /// The name that configurations and commands use, such as `insight`.
  public let name: String
  /// One line for a list of methods.
  public let summary: String
  /// The publication that defines the method, such as `arXiv:2603.01907, Eq. 16`.
  public let source: String

  /// A summary from its parts.
  public init(name: String, summary: String, source: String) {
    self.name = name
    self.summary = summary
    self.source = source
  }
}

/// The way acquisition values become a batch of M.
public enum SelectionRule: String, Codable, Hashable, Sendable, CaseIterable {
  /// The M largest values, equal ones at random (arXiv:2603.01907, Eq. 17).
  case largest
  /// Drawn one after another without replacement, each time with probability proportional to the values left.
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

  /// The number of values.
  public var count: Int { alphas.count }

  /// The belief at `index`.
  public subscript(index: Int) -> BetaBelief { BetaBelief(trusted: alphas[index], betas[index]) }
}
