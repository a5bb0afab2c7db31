public import InsightNumerics

/// Which problems to make.
///
/// A task adds the settings that only its problems have.
public protocol GeneratorConfiguration: TaskSettings {
  /// Problems to train on.
  var trainCount: Int { get set }
  /// Problems to evaluate on, none of which is trained on.
  var heldOutCount: Int { get set }
  /// The sizes of problems, which take turns: each has an equal share, and one that is listed twice has two.
  var sizes: [Int] { get set }
  /// The seed: the same seed gives the same sets.
  var seed: UInt64 { get set }
}

/// Makes a task's problems: sets to train and evaluate on, and worked examples to pretrain with.
public protocol ProblemGenerator: Sendable {
  /// The problems to make.
  associatedtype Problem: TaskProblem
  /// The settings that decide which problems are made.
  associatedtype Configuration: GeneratorConfiguration

  /// The generator's settings.
  var configuration: Configuration { get }

  /// A generator for `configuration`.
  /// - Throws: ``GeneratorError``, or the task's own error, if such problems are impossible.
  init(_ configuration: Configuration) throws

  /// A random problem of `size` with a solution, with an id that is not `excluded`; `nil` if a long search
  /// did not find one.
  func attempt(
    size: Int,
    excluding excluded: Set<String>,
    using generator: inout SeededGenerator
  ) -> WorkedExample<Problem>?
}

extension ProblemGenerator {
  /// The two sets of the configuration's seed, every problem solvable and no two with one id.
  ///
  /// The held-out set is drawn first, so it does not change with the size of the training set.
  /// - Throws: ``GeneratorError/exhausted(found:requested:attempts:)`` if there are too few such problems.
  public func sets() throws(GeneratorError) -> ProblemSets<Problem> {
    var generator = SeededGenerator(seed: configuration.seed)
    var seen: Set<String> = []
    let heldOut = try draw(configuration.heldOutCount, seen: &seen, using: &generator)
    let train = try draw(configuration.trainCount, seen: &seen, using: &generator)
    return ProblemSets(train: train, heldOut: heldOut)
  }

  /// One worked example of an endless stream, drawn from `generator`; examples may repeat.
  ///
  /// No problem with an `excluded` id appears, such as a held-out one.
  /// - Throws: ``GeneratorError/exhausted(found:requested:attempts:)`` if the search did not find one.
  public func example(
    excluding excluded: Set<String> = [],
    using generator: inout some RandomNumberGenerator
  ) throws(GeneratorError) -> WorkedExample<Problem> {
    // An example's draws come from a generator whose type the compiler knows, which is several times faster.
    var draws = SeededGenerator(seed: generator.next())
    let size = configuration.sizes[Int.random(in: configuration.sizes.indices, using: &draws)]
    if let example = attempt(size: size, excluding: excluded, using: &draws) { return example }
    throw .exhausted(found: 0, requested: 1, attempts: attemptLimit)
  }

  private func draw(
    _ count: Int,
    seen: inout Set<String>,
    using generator: inout SeededGenerator
  ) throws(GeneratorError) -> [Problem] {
    var problems: [Problem] = []
    while problems.count < count {
      let size = configuration.sizes[problems.count % configuration.sizes.count]
      guard let example = attempt(size: size, excluding: seen, using: &generator) else {
        throw .exhausted(found: problems.count, requested: count, attempts: attemptLimit)
      }
      seen.insert(example.problem.id)
      problems.append(example.problem)
    }
    return problems
  }
}

/// A search gives up after this many attempts without a new problem, far more than sane ranges need.
let attemptLimit = 100_000

/// The most problems of a set: they are all kept in memory.
let setLimit = 10_000_000

extension GeneratorConfiguration {
  /// Checks the settings that every generator has, with sizes in `allowed`.
  func validate(sizes allowed: ClosedRange<Int>) throws(GeneratorError) {
    for count in [trainCount, heldOutCount] where !(0...setLimit).contains(count) {
      throw .count(count, limit: setLimit)
    }
    guard !sizes.isEmpty, sizes.allSatisfy(allowed.contains) else { throw .sizes(sizes, allowed: allowed) }
  }
}
