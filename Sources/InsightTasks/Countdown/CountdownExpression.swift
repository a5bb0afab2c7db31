/// An expression over a problem's numbers.
indirect enum CountdownExpression: Sendable {
  case number(Int)
  case operation(CountdownExpression, CountdownOperator, CountdownExpression)

  /// The expression without spaces and with no more parentheses than its value needs, such as `(3+5)*7-34`.
  var text: String {
    switch self {
    case .number(let value):
      "\(value)"
    case .operation(let left, let symbol, let right):
      // a+(b−c) is a+b−c and a·(b/c) is a·b/c; only − and / need their right side kept together.
      left.text(inside: symbol.precedence) + symbol.symbol
        + right.text(inside: symbol.commutes ? symbol.precedence : symbol.precedence + 1)
    }
  }

  /// The text, in parentheses if it binds less tightly than `precedence`.
  private func text(inside precedence: Int) -> String {
    guard case .operation(_, let symbol, _) = self, symbol.precedence < precedence else { return text }
    return "(" + text + ")"
  }
}

/// One move of building an expression: join two of the remaining terms.
///
/// The joined term takes the place of the left one, and the last term that of the right one. Searches keep
/// values and moves alone, which needs no further memory, and build the expression once they succeed.
struct CountdownMove: Sendable {
  var left: Int
  var symbol: CountdownOperator
  var right: Int

  /// Makes the move on `values`; does nothing and returns false if the operation has no result.
  func apply(to values: inout [Fraction]) -> Bool {
    guard let value = symbol(values[left], values[right]) else { return false }
    values[left] = value
    values.swapAt(right, values.count - 1)
    values.removeLast()
    return true
  }

  /// Undoes the move on `values`, given the terms that were left and right before it.
  func undo(on values: inout [Fraction], left old: Fraction, right removed: Fraction) {
    values.append(removed)
    values.swapAt(right, values.count - 1)
    values[left] = old
  }
}

extension CountdownExpression {
  /// The expression that `moves` make of `numbers`.
  init(_ numbers: [Int], _ moves: [CountdownMove]) {
    var terms = numbers.map { CountdownExpression.number($0) }
    for move in moves {
      terms[move.left] = .operation(terms[move.left], move.symbol, terms[move.right])
      terms.swapAt(move.right, terms.count - 1)
      terms.removeLast()
    }
    self = terms[0]
  }
}
