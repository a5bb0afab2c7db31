public import InsightNumerics

/// A generator that can also label problems so that no right answer solves them.
public protocol MislabellingGenerator: ProblemGenerator {
  /// `problem` with a label that no right answer meets, drawn from `generator`; `nil` if this draw did not
  /// find one.
  ///
  /// A given id stays; an id made from the content follows the content.
  func mislabelled(_ problem: Problem, using generator: inout SeededGenerator) -> Problem?
}

extension MislabellingGenerator {
  /// `problems` with `share` of them, rounded to whole problems, turned into ones that no right answer
  /// solves.
  ///
  /// The configuration's seed decides which problems are changed, and their labels. Problems keep their
  /// places. No id becomes that of another problem here, or of one `excluded`, such as a held-out one.
  /// - Throws: ``GeneratorError/share(_:)`` outside [0, 1], and ``GeneratorError/noWrongLabel(id:)`` if a
  ///   problem has no label that cannot be met.
  public func mislabelling(
    _ share: Double,
    of problems: [Problem],
    excluding excluded: Set<String> = []
  ) throws(GeneratorError) -> [Problem] {
    guard share >= 0, share <= 1 else { throw .share(share) }
    var generator = SeededGenerator(seed: configuration.seed, stream: 1)
    var order = Array(problems.indices)
    let count = Int((share * Double(problems.count)).rounded())
    order.shuffle(first: count, with: &generator)
    var seen = excluded.union(problems.map(\.id))
    var problems = problems
    for index in order.prefix(count) {
      let right = problems[index]
      var wrong: Problem?
      for _ in 0..<attemptLimit {
        wrong = mislabelled(right, using: &generator)
        if let wrong, wrong.id == right.id || !seen.contains(wrong.id) { break }
        wrong = nil
      }
      guard let wrong else { throw .noWrongLabel(id: right.id) }
      seen.insert(wrong.id)
      problems[index] = wrong
    }
    return problems
  }
}
