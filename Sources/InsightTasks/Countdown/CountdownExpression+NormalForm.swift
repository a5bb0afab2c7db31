extension CountdownExpression {
  /// The same value from the same numbers, in the normal form of chains of sums and of products.
  ///
  /// Chains are flattened. Terms to add come before terms to subtract, factors before divisors, and the
  /// largest value first. So `7-(3-5)`, `5-(3-7)` and `5+7-3` all become `7+5-3`: a learner sees one answer
  /// instead of a dozen spellings of it.
  var normalized: CountdownExpression {
    guard case .operation(_, let symbol, _) = self else { return self }
    let (direct, inverse) = operands(ofChain: symbol.precedence)
    let (join, undo): (CountdownOperator, CountdownOperator) =
      symbol.precedence == CountdownOperator.plus.precedence ? (.plus, .minus) : (.times, .divided)
    // The leftmost operand of a chain always adds or multiplies, so there is a first one.
    let ordered = direct.sorted { $0.value > $1.value }
    let joined = ordered.dropFirst().reduce(ordered[0]) { .operation($0, join, $1) }
    return inverse.sorted { $0.value > $1.value }.reduce(joined) { .operation($0, undo, $1) }
  }

  /// The operands of the chain of operations of this precedence that `self` is, in normal form.
  private func operands(
    ofChain precedence: Int
  ) -> (direct: [CountdownExpression], inverse: [CountdownExpression]) {
    guard case .operation(let left, let symbol, let right) = self, symbol.precedence == precedence else {
      return ([normalized], [])
    }
    let (first, second) = (left.operands(ofChain: precedence), right.operands(ofChain: precedence))
    return symbol.commutes
      ? (first.direct + second.direct, first.inverse + second.inverse)
      : (first.direct + second.inverse, first.inverse + second.direct)
  }

  /// The value, rounded: it only orders operands.
  private var value: Double {
    switch self {
    case .number(let value): Double(value)
    case .operation(let left, .plus, let right): left.value + right.value
    case .operation(let left, .minus, let right): left.value - right.value
    case .operation(let left, .times, let right): left.value * right.value
    case .operation(let left, .divided, let right): left.value / right.value
    }
  }
}
