internal import RealModule

/// Spearman's rank correlation, equal values sharing their mean rank; `nil` where either side never varies.
/// - Complexity: O(n log n).
func rankCorrelation(_ first: [Double], _ second: [Double]) -> Double? {
  precondition(first.count == second.count, "a correlation is of pairs")
  guard first.count > 1 else { return nil }
  let a = ranks(of: first)
  let b = ranks(of: second)
  // Ranks with ties shared still have this mean.
  let mean = Double(first.count + 1) / 2
  var products = 0.0
  var squares = (0.0, 0.0)
  for (x, y) in zip(a, b) {
    products += (x - mean) * (y - mean)
    squares.0 += (x - mean) * (x - mean)
    squares.1 += (y - mean) * (y - mean)
  }
  guard squares.0 > 0, squares.1 > 0 else { return nil }
  return products / .sqrt(squares.0 * squares.1)
}

/// Ranks from 1, equal values sharing the mean of theirs.
private func ranks(of values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
    for place in start..<end { ranks[order[place]] = Double(start + 1 + end) / 2 }
    start = end
  }
  return ranks
}
