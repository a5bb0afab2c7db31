import Testing

@testable import InsightTasks

@Suite struct CountdownNormalFormTests {
  private typealias Expression = CountdownExpression

  private static func sum(_ left: Expression, _ right: Expression) -> Expression {
    .operation(left, .plus, right)
  }
  private static func difference(_ left: Expression, _ right: Expression) -> Expression {
    .operation(left, .minus, right)
  }
  private static func product(_ left: Expression, _ right: Expression) -> Expression {
    .operation(left, .times, right)
  }
  private static func quotient(_ left: Expression, _ right: Expression) -> Expression {
    .operation(left, .divided, right)
  }
  private static func n(_ value: Int) -> Expression { .number(value) }

  private static let spellings: [(expression: Expression, normal: String)] = [
    (n(22), "22"),
    (difference(n(7), difference(n(3), n(5))), "7+5-3"),
    (difference(n(5), difference(n(3), n(7))), "7+5-3"),
    (sum(n(5), difference(n(7), n(3))), "7+5-3"),
    (quotient(n(3), quotient(n(4), product(n(2), n(6)))), "6*3*2/4"),
    (product(sum(n(1), n(2)), sum(n(3), n(4))), "(4+3)*(2+1)"),
    (difference(n(9), product(n(2), difference(n(3), n(1)))), "9-2*(3-1)"),
    (quotient(n(8), difference(n(3), quotient(n(8), n(3)))), "8/(3-8/3)"),
    (difference(n(50), sum(n(2), n(30))), "50-30-2"),
  ]

  @Test(arguments: spellings)
  func `chains are flattened and ordered by value`(expression: CountdownExpression, normal: String) {
    #expect(expression.normalized.text == normal)
    #expect(expression.normalized.normalized.text == normal)
  }
}
