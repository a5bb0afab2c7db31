/// The positions of the `count` largest scores, largest first; equal scores in order of position.
///
/// A caller who wants ties broken at random shuffles first. NaN counts as −∞, so that a score which could not
/// be computed never displaces one that could. Fewer than `count` scores give all positions.
///
/// A heap holds the best so far, the worst of them first, so a score that does not qualify costs one
/// comparison. A full sort of the scores would cost several times as much when few of many are wanted.
///
/// - Precondition: `count` is not negative.
/// - Complexity: O(*n* log `count`) at worst; about O(*n* + `count` · log² `count`) for scores in random
///   order.
public func indicesOfLargest(_ count: Int, in scores: [Float]) -> [Int] {
  precondition(count >= 0, "cannot select \(count) of \(scores.count) scores")
  if count == 0 { return [] }
  func entry(_ position: Int) -> Entry {
    let score = scores[position]
    return Entry(score: score.isNaN ? -.infinity : score, position: position)
  }
  var best = BinaryHeap(scores.indices.prefix(count).map(entry))
  for position in scores.indices.dropFirst(count) {
    let entry = entry(position)
    if let worst = best.first, worst < entry { best.replaceFirst(with: entry) }
  }
  return best.elements.sorted(by: >).map(\.position)
}

/// A score and where it stood.
private struct Entry: Comparable {
  let score: Float
  let position: Int

  /// Whether `left` is chosen after `right`.
  static func < (left: Entry, right: Entry) -> Bool {
    left.score < right.score || (left.score == right.score && left.position > right.position)
  }
}
