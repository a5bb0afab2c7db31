/// Finds expressions that make a target of numbers, each used exactly once.
///
/// The search joins two terms after another with the four binary operations in exact arithmetic, so it is
/// complete for positive targets: a minus sign before a term can always be moved into a subtraction there.
public enum CountdownSolver {
  /// A worked solution such as `(3+5)*7-34`, or `nil` if there is none.
  ///
  /// Numbers and operations are tried in an order drawn from `generator`, so repeated calls give different
  /// solutions, though not each with the same probability.
  /// - Complexity: O(n!·(n − 1)!·3ⁿ) for n numbers: microseconds for 3, below a millisecond for 4, hours
  ///   above 7.
  public static func solution(
    for problem: CountdownProblem,
    using generator: inout some RandomNumberGenerator
  ) -> String? {
    let numbers = problem.numbers.shuffled(using: &generator)
    var search = CountdownSearch(numbers, operators: CountdownOperator.allCases.shuffled(using: &generator))
    guard search.reaches(problem.target) else { return nil }
    return CountdownExpression(numbers, search.moves).text
  }
}

/// A depth-first search over the ways to join values.
struct CountdownSearch {
  /// The moves that reached the target.
  private(set) var moves: [CountdownMove] = []
  private var values: [Fraction]
  private let operators: [CountdownOperator]

  init(_ numbers: [Int], operators: [CountdownOperator]) {
    values = numbers.map { Fraction($0) }
    self.operators = operators
  }

  /// Whether some sequence of moves leaves `target` alone; `moves` then holds it.
  mutating func reaches(_ target: Int) -> Bool {
    if values.count == 1 { return values[0].equals(target) }
    for left in values.indices {
      for right in values.indices where right != left {
        for symbol in operators where left < right || !symbol.commutes {
          let move = CountdownMove(left: left, symbol: symbol, right: right)
          let (old, removed) = (values[left], values[right])
          guard move.apply(to: &values) else { continue }
          moves.append(move)
          if reaches(target) { return true }
          moves.removeLast()
          move.undo(on: &values, left: old, right: removed)
        }
      }
    }
    return false
  }
}
