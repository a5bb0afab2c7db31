internal import InsightNumerics

/// Makes Countdown problems: sets to train and evaluate on, and worked examples to pretrain with.
public struct CountdownGenerator: Sendable {
  /// What is made.
  public let configuration: CountdownConfiguration

  /// Attempts without a new problem after which a search gives up: far beyond what sane ranges need.
  static let attemptLimit = 100_000

  /// A generator for `configuration`.
  /// - Throws: `CountdownError` where a count is negative, or the sizes or the numbers are not possible.
  public init(_ configuration: CountdownConfiguration = CountdownConfiguration()) throws(CountdownError) {
    try configuration.validate()
    self.configuration = configuration
  }

  /// The two sets of the configuration's seed, every problem solvable and no two with one id.
  ///
  /// Every problem is the value of a random expression, computed exactly, so it has a solution; targets that
  /// many expressions reach are drawn more often than others. Drawing targets uniformly and solving would
  /// weigh them equally, and was 60 times slower: 1 of 26 triples and 1 of 8 quadruples are solvable.
  /// The held-out set is drawn first, so it does not change with the size of the training set.
  /// - Throws: `CountdownError.exhausted` where the ranges hold too few solvable problems.
  public func sets() throws(CountdownError) -> CountdownSets {
    var generator = SeededGenerator(seed: configuration.seed)
    var seen: Set<String> = []
    let heldOut = try draw(configuration.heldOutCount, seen: &seen, using: &generator)
    let train = try draw(configuration.trainCount, seen: &seen, using: &generator)
    return CountdownSets(train: train, heldOut: heldOut)
  }

  /// One worked example of an endless stream, drawn from `generator`; examples may repeat.
  ///
  /// No problem whose id is among those `excluded` appears, such as one that is held out.
  /// - Throws: `CountdownError.exhausted` where no expression was found that fits.
  public func example(
    excluding excluded: Set<String> = [],
    using generator: inout some RandomNumberGenerator
  ) throws(CountdownError) -> CountdownExample {
    // An example's draws come from a generator whose type the compiler knows, which is several times faster.
    var draws = SeededGenerator(seed: generator.next())
    let size = configuration.sizes[Int.random(in: configuration.sizes.indices, using: &draws)]
    if let example = attempt(size: size, excluding: excluded, using: &draws) { return example }
    throw .exhausted(found: 0, requested: 1, attempts: Self.attemptLimit)
  }

  private func draw(
    _ count: Int,
    seen: inout Set<String>,
    using generator: inout SeededGenerator
  ) throws(CountdownError) -> [CountdownProblem] {
    var problems: [CountdownProblem] = []
    while problems.count < count {
      let size = configuration.sizes[problems.count % configuration.sizes.count]
      guard let example = attempt(size: size, excluding: seen, using: &generator) else {
        throw .exhausted(found: problems.count, requested: count, attempts: Self.attemptLimit)
      }
      seen.insert(example.problem.id)
      problems.append(example.problem)
    }
    return problems
  }

  private func attempt(
    size: Int,
    excluding excluded: Set<String>,
    using generator: inout SeededGenerator
  ) -> CountdownExample? {
    for _ in 0..<Self.attemptLimit {
      let numbers = (0..<size).map { _ in Int.random(in: configuration.numbers, using: &generator) }
      guard let (target, expression) = randomExpression(over: numbers, using: &generator) else { continue }
      let problem = CountdownProblem(checked: numbers, target: target)
      if excluded.contains(problem.id) { continue }
      return CountdownExample(problem: problem, solution: expression.normalized.text)
    }
    return nil
  }

  /// A random expression over all `numbers`, or `nil` where its value is no target.
  private func randomExpression(
    over numbers: [Int],
    using generator: inout SeededGenerator
  ) -> (target: Int, expression: CountdownExpression)? {
    var values = numbers.map { Fraction($0) }
    var moves: [CountdownMove] = []
    while values.count > 1 {
      let left = Int.random(in: 0..<values.count, using: &generator)
      let other = Int.random(in: 0..<values.count - 1, using: &generator)
      let move = CountdownMove(
        left: left,
        symbol: CountdownOperator.allCases[Int.random(in: 0..<4, using: &generator)],
        right: other < left ? other : other + 1
      )
      guard move.apply(to: &values) else { return nil }
      moves.append(move)
    }
    guard
      values[0].denominator == 1,
      let target = Int(exactly: values[0].numerator),
      configuration.targets.contains(target)
    else { return nil }
    return (target, CountdownExpression(numbers, moves))
  }
}

/// The problems to train on and those held out for evaluation.
public struct CountdownSets: Codable, Hashable, Sendable {
  /// The problems to train on.
  public var train: [CountdownProblem]
  /// The problems to evaluate on.
  public var heldOut: [CountdownProblem]

  /// Sets made elsewhere; that they share no id is the caller's to see to.
  public init(train: [CountdownProblem], heldOut: [CountdownProblem]) {
    self.train = train
    self.heldOut = heldOut
  }
}

/// A problem with a worked solution, for supervised pretraining.
public struct CountdownExample: Codable, Hashable, Sendable {
  /// The problem.
  public var problem: CountdownProblem
  /// A right answer in normal form, without spaces, such as `(5+3)*7-34`.
  public var solution: String
}
