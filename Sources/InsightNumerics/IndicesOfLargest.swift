/// The positions of the `count` largest scores, largest first; equal scores in order of position.
///
/// A caller who wants ties broken at random shuffles first. NaN counts as −∞, so that a score which could not be
/// computed never displaces one that could. Fewer than `count` scores give all positions.
///
/// A heap holds the best so far with the worst of them at its root, so a score that does not qualify costs one
/// comparison; a full sort of the scores would cost several times as much when few of many are wanted.
///
/// - Precondition: `count` is not negative.
/// - Complexity: O(*n* log `count`) at worst; about O(*n* + `count` · log² `count`) for scores in random order.
public func indicesOfLargest(_ count: Int, in scores: [Float]) -> [Int] {
  precondition(count >= 0, "cannot select \(count) of \(scores.count) scores")
  if count == 0 { return [] }
  var best: [Entry] = []
  best.reserveCapacity(min(count, scores.count))
  for position in scores.indices {
    let score = scores[position]
    let entry = Entry(score: score.isNaN ? -.infinity : score, position: position)
    if best.count < count {
      best.append(entry)
      if best.count == count {
        for root in (0..<count / 2).reversed() { siftDown(&best, from: root) }
      }
    } else if best[0].ranksBelow(entry) {
      best[0] = entry
      siftDown(&best, from: 0)
    }
  }
  best.sort { $1.ranksBelow($0) }
  return best.map(\.position)
}

/// A score and where it stood.
private struct Entry {
  let score: Float
  let position: Int

  func ranksBelow(_ other: Entry) -> Bool {
    score < other.score || (score == other.score && position > other.position)
  }
}

/// Moves the entry at `root` down until neither child ranks below it.
private func siftDown(_ heap: inout [Entry], from root: Int) {
  let entry = heap[root]
  var hole = root
  while true {
    var child = 2 * hole + 1
    if child >= heap.count { break }
    if child + 1 < heap.count, heap[child + 1].ranksBelow(heap[child]) { child += 1 }
    if !heap[child].ranksBelow(entry) { break }
    heap[hole] = heap[child]
    hole = child
  }
  heap[hole] = entry
}
