internal import InsightNumerics

extension Selector {
  /// The way scores become a batch.
  var rule: SelectionRule { type(of: configuration.acquisition).rule }

  /// Whether a score holds until the prompt's next report.
  var keepsScores: Bool {
    let acquisition = configuration.acquisition
    return !acquisition.draws && methodState == nil && !beliefs.changeUnvisited
  }

  /// The scores of `candidates` in single precision, from the book where they are kept.
  mutating func scores(at candidates: [Int32], rollouts: Int) -> [Float] {
    guard keepsScores, rollouts == scoreBook.rollouts else {
      return computedScores(at: candidates, rollouts: rollouts)
    }
    let stale = scoreBook.stale(among: candidates)
    scoreBook.record(computedScores(at: stale, rollouts: rollouts), at: stale)
    return candidates.map { scoreBook[Int($0)] }
  }

  /// Brings the book's scores up to date for every free prompt, and the index with them.
  mutating func scorePool(rollouts: Int) {
    if keepsScores, let stale = scoreBook.staleSinceIndex(rollouts: rollouts) {
      scoreBook.fill(computedScores(at: stale, rollouts: rollouts), at: stale)
      scoreBook.updateIndex()
    } else {
      fillScores(rollouts: rollouts, onlyStale: keepsScores && rollouts == scoreBook.rollouts)
    }
  }

  /// The score at full precision; drawn anew where the method draws.
  mutating func exactScore(at position: Int, rollouts: Int) -> Double {
    if let methodState {
      return methodState.value(of: candidate(at: position, rollouts: rollouts), using: &generator)
    }
    let belief = beliefs.current(at: position)
    return configuration.acquisition.value(of: belief, rollouts: rollouts, using: &generator)
  }

  /// The prompt as methods with a state see it.
  func candidate(at position: Int, rollouts: Int) -> Candidate {
    Candidate(
      position: position,
      belief: beliefs.current(at: position),
      age: beliefs.age(of: position),
      rollouts: rollouts
    )
  }

  /// Scores in chunks, so that the batch's columns stay in the cache.
  private static let chunk = 1024

  private mutating func computedScores(at positions: [Int32], rollouts: Int) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(positions.count)
    var start = 0
    while start < positions.count {
      let end = min(start + Self.chunk, positions.count)
      appendScores(at: positions[start..<end].lazy.map(Int.init), rollouts: rollouts, to: &result)
      start = end
    }
    return result
  }

  /// Scores the pool into the book; unavailable prompts keep their mark.
  private mutating func fillScores(rollouts: Int, onlyStale: Bool) {
    var scores: [Float] = []
    scores.reserveCapacity(Self.chunk)
    var start = 0
    while start < pool.count {
      let end = min(start + Self.chunk, pool.count)
      let positions = (start..<end).filter { position in
        reservations.isFree(position) && (!onlyStale || scoreBook[position].isNaN)
      }
      scores.removeAll(keepingCapacity: true)
      appendScores(at: positions, rollouts: rollouts, to: &scores)
      scoreBook.fill(scores, at: positions)
      start = end
    }
    scoreBook.endFilling(rollouts: rollouts, indexed: rule == .largest)
  }

  private mutating func appendScores(
    at positions: some Collection<Int>,
    rollouts: Int,
    to scores: inout [Float]
  ) {
    let acquisition = configuration.acquisition
    if let methodState {
      for position in positions {
        let candidate = candidate(at: position, rollouts: rollouts)
        scores.append(Float(score: methodState.value(of: candidate, using: &generator)))
      }
      return
    }
    let batch = beliefs.current(at: positions, sharing: !acquisition.draws)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: batch.alphas.count) { buffer in
      batch.alphas.withUnsafeBufferPointer { alphas in
        batch.betas.withUnsafeBufferPointer { betas in
          acquisition.values(
            of: BeliefBatch(alphas: alphas, betas: betas),
            rollouts: rollouts,
            into: buffer,
            using: &generator
          )
        }
      }
      scores.append(contentsOf: batch.places.lazy.map { Float(score: buffer[$0]) })
    }
  }
}
