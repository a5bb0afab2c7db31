public import InsightNumerics

/// Makes sorting problems: sets to train and evaluate on, and worked examples to pretrain with.
public struct SortingGenerator: MislabellingGenerator {
  /// The problems to make.
  public let configuration: SortingConfiguration

  /// A generator for `configuration`.
  /// - Throws: ``GeneratorError`` if a count is negative or the sizes are not possible, ``SortingError``
  ///   if the numbers are not.
  public init(_ configuration: SortingConfiguration = SortingConfiguration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// Numbers drawn independently and uniformly, so that some repeat.
  public func attempt(
    size: Int,
    excluding excluded: Set<String>,
    using generator: inout SeededGenerator
  ) -> WorkedExample<SortingProblem>? {
    for _ in 0..<attemptLimit {
      let problem = SortingProblem(checked: numbers(size, using: &generator))
      if excluded.contains(problem.id) { continue }
      return WorkedExample(problem: problem, solution: SortingProblem.text(of: problem.answer))
    }
    return nil
  }

  /// The problem with the answer of another random problem of its size, as if labels were shuffled.
  ///
  /// A near miss of the right answer would not do, since a policy would write it now and then.
  public func mislabelled(
    _ problem: SortingProblem,
    using generator: inout SeededGenerator
  ) -> SortingProblem? {
    let answer = numbers(problem.numbers.count, using: &generator).sorted()
    guard answer != problem.numbers.sorted() else { return nil }
    return SortingProblem(checked: problem.numbers, answer: answer, id: problem.id)
  }

  private func numbers(_ count: Int, using generator: inout SeededGenerator) -> [Int] {
    let range = configuration.numbers
    return (0..<count).map { _ in
      range.lowerBound + Int(generator.next(below: UInt64(range.upperBound - range.lowerBound) + 1))
    }
  }
}
