public import InsightNumerics

/// Makes Countdown problems: sets to train and evaluate on, and worked examples to pretrain with.
public struct CountdownGenerator: MislabellingGenerator {
  /// The problems to make.
  public let configuration: CountdownConfiguration

  /// A generator for `configuration`.
  /// - Throws: ``GeneratorError`` if a count is negative or the sizes are not possible, ``CountdownError``
  ///   if the numbers are not.
  public init(_ configuration: CountdownConfiguration = CountdownConfiguration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// A problem with the value of a random expression as its target, so it has a solution.
  ///
  /// Targets that many expressions reach are drawn more often than others. Drawing targets uniformly and
  /// solving would weigh them equally, and was 60 times slower: 1 of 26 triples and 1 of 8 quadruples are
  /// solvable.
  public func attempt(
    size: Int,
    excluding excluded: Set<String>,
    using generator: inout SeededGenerator
  ) -> WorkedExample<CountdownProblem>? {
    for _ in 0..<attemptLimit {
      let numbers = (0..<size).map { _ in Int.random(in: configuration.numbers, using: &generator) }
      guard let (target, expression) = randomExpression(over: numbers, using: &generator) else { continue }
      let problem = CountdownProblem(checked: numbers, target: target)
      if excluded.contains(problem.id) { continue }
      return WorkedExample(problem: problem, solution: expression.normalized.text)
    }
    return nil
  }

  /// The problem with a random target of the configuration; `nil` if an expression reaches that target.
  public func mislabelled(
    _ problem: CountdownProblem,
    using generator: inout SeededGenerator
  ) -> CountdownProblem? {
    let target = Int.random(in: configuration.targets, using: &generator)
    guard target != .min else { return nil }
    // The search is complete for positive values, and a minus sign before it all makes −x of x.
    let magnitude = CountdownProblem(checked: problem.numbers, target: abs(target))
    guard CountdownSolver.solution(for: magnitude, using: &generator) == nil else { return nil }
    return CountdownProblem(
      checked: problem.numbers,
      target: target,
      id: problem.id == problem.contentID ? nil : problem.id
    )
  }

  /// A random expression over all `numbers`, or `nil` if its value is not a target.
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
