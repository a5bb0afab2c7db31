internal import InsightNumerics

/// Finds the largest of many scores without reading them all.
///
/// Keeps the maximum of every block of 256 scores and how often it occurs there. A choice reads the maxima,
/// and the scores of no more blocks than prompts are wanted; after a step only the blocks that changed are
/// read anew.
struct ScoreIndex: Equatable, Sendable {
  private var maxima: [Float] = []
  private var occurrences: [UInt16] = []

  static let blockSize = 256

  /// - Complexity: O(`scores.count`).
  init(of scores: [Float]) {
    let blocks = (scores.count + Self.blockSize - 1) / Self.blockSize
    maxima = Array(repeating: ScoreBook.unavailable, count: blocks)
    occurrences = Array(repeating: 0, count: blocks)
    for block in 0..<blocks { refresh(block: block, of: scores) }
  }

  /// Takes up changed scores at `positions`.
  /// - Complexity: O(256) for each block that they lie in.
  mutating func update(at positions: [Int32], of scores: [Float]) {
    var last = -1
    for block in positions.map({ Int($0) / Self.blockSize }).sorted() where block != last {
      refresh(block: block, of: scores)
      last = block
    }
  }

  private mutating func refresh(block: Int, of scores: [Float]) {
    let range = Self.range(of: block, of: scores)
    let (maximum, count) = scores.withUnsafeBufferPointer { scores in
      let bytes = UnsafeRawBufferPointer(scores)
      var start = range.lowerBound
      var lanes = SIMD16<Float>(repeating: ScoreBook.unavailable)
      while start + 16 <= range.upperBound {
        let next = bytes.loadUnaligned(fromByteOffset: 4 * start, as: SIMD16<Float>.self)
        lanes = pointwiseMax(lanes, next)
        start += 16
      }
      var maximum = lanes.max()
      for index in start..<range.upperBound { maximum = Swift.max(maximum, scores[index]) }
      var counts = SIMD16<UInt32>.zero
      for index in stride(from: range.lowerBound, to: start, by: 16) {
        let next = bytes.loadUnaligned(fromByteOffset: 4 * index, as: SIMD16<Float>.self)
        counts &+= SIMD16<UInt32>.zero.replacing(with: 1, where: next .== maximum)
      }
      var count = UInt16(counts.wrappedSum())
      for index in start..<range.upperBound where scores[index] == maximum { count += 1 }
      return (maximum, count)
    }
    maxima[block] = maximum
    occurrences[block] = count
  }

  private static func range(of block: Int, of scores: [Float]) -> Range<Int> {
    block * blockSize..<min((block + 1) * blockSize, scores.count)
  }

  /// The positions of the `count` largest scores, best first; equal ones in random order, and where only some
  /// of equal ones are wanted, each with the same chance.
  /// - Precondition: at least `count` scores are available.
  /// - Complexity: O(`scores.count` / 256 + `count` · 256).
  func largest(_ count: Int, of scores: [Float], using generator: inout SeededGenerator) -> [Int32] {
    guard count > 0 else { return [] }
    // The count-th largest maximum bounds the choice from below: `count` blocks each have a score that
    // reaches it. Scores above it lie in the fewer than `count` blocks that lead, so that no other block has
    // to be read for them.
    let leading = indicesOfLargest(count, in: maxima)
    let bound = leading.count < count ? ScoreBook.unavailable : maxima[leading[count - 1]]
    let leadingBlocks = leading.filter { maxima[$0] > bound }.sorted()
    var above: [Int32] = []
    var ties: [Int32] = []
    for block in leadingBlocks {
      for position in Self.range(of: block, of: scores) {
        if scores[position] > bound {
          above.append(Int32(position))
        } else if scores[position] == bound {
          ties.append(Int32(position))
        }
      }
    }
    let aboveScores = above.map { scores[Int($0)] }
    let best = indicesOfLargest(count, in: aboveScores)
    // Where `above` fills the batch, every score that ties with the last of the best is in it. Where it does
    // not, the ties are at the bound, and most lie in blocks that nothing read.
    let last = best.count == count ? aboveScores[best[count - 1]] : bound
    var chosen = best.lazy.filter { aboveScores[$0] > last }.map { above[$0] } as [Int32]
    // `above` is in the order of positions. Shuffled, so that equal scores among the best fall into random
    // order.
    chosen.shuffle(with: &generator)
    chosen = indicesOfLargest(chosen.count, in: chosen.map { scores[Int($0)] }).map { chosen[$0] }
    let wanted = count - chosen.count
    if last > bound {
      var tied = above.indices.lazy.filter { aboveScores[$0] == last }.map { above[$0] } as [Int32]
      tied.shuffle(first: wanted, with: &generator)
      chosen += tied.prefix(wanted)
    } else if wanted > 0 {
      chosen += drawTies(wanted, equalTo: bound, knownTies: ties, of: scores, using: &generator)
    }
    return chosen
  }

  /// Draws `count` of the scores equal to `bound`: of `knownTies`, which lie in blocks with larger scores,
  /// and of all blocks whose maximum it is.
  private func drawTies(
    _ count: Int,
    equalTo bound: Float,
    knownTies: [Int32],
    of scores: [Float],
    using generator: inout SeededGenerator
  ) -> [Int32] {
    let blocks = maxima.indices.filter { maxima[$0] == bound }
    let total = blocks.reduce(knownTies.count) { $0 + Int(occurrences[$1]) }
    let ranks = uniformDraw(count, below: total, using: &generator)
    // Blocks are walked once, in the order of the ranks that fall into them; the draw's own order is kept.
    var drawn = [Int32](repeating: 0, count: count)
    var block = 0
    var passed = knownTies.count
    for place in ranks.indices.sorted(by: { ranks[$0] < ranks[$1] }) {
      let rank = Int(ranks[place])
      if rank < knownTies.count {
        drawn[place] = knownTies[rank]
        continue
      }
      while rank >= passed + Int(occurrences[blocks[block]]) {
        passed += Int(occurrences[blocks[block]])
        block += 1
      }
      var left = rank - passed
      for position in Self.range(of: blocks[block], of: scores) where scores[position] == bound {
        if left == 0 {
          drawn[place] = Int32(position)
          break
        }
        left -= 1
      }
    }
    return drawn
  }
}
