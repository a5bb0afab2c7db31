internal import InsightNumerics

extension Selector {
  /// The scores of `candidates` in single precision, from the ledger where they are kept.
  mutating func scores(at candidates: [Int32], rollouts: Int) -> [Float] {
    guard keepsScores, rollouts == scoredRollouts else {
      return computedScores(at: candidates, rollouts: rollouts)
    }
    let stale = candidates.filter { ledger.scores[Int($0)].isNaN }
    for (position, score) in zip(stale, computedScores(at: stale, rollouts: rollouts)) {
      ledger.scores[Int(position)] = score
      markChanged(Int(position))
    }
    return candidates.map { ledger.scores[Int($0)] }
  }

  /// Brings the ledger's scores up to date for every free prompt, and the index with them.
  mutating func scorePool(rollouts: Int) {
    let isLargest = type(of: configuration.acquisition).rule == .largest
    guard keepsScores else {
      fillScores(rollouts: rollouts)
      index = isLargest ? ScoreIndex(of: ledger.scores) : nil
      changed = []
      return
    }
    if rollouts != scoredRollouts || index == nil {
      fillScores(rollouts: rollouts, onlyStale: rollouts == scoredRollouts)
      scoredRollouts = rollouts
      index = isLargest ? ScoreIndex(of: ledger.scores) : nil
    } else {
      let stale = changed.filter { ledger.scores[Int($0)].isNaN }
      for (position, score) in zip(stale, computedScores(at: stale, rollouts: rollouts)) {
        ledger.scores[Int(position)] = score
      }
      index?.update(at: changed, of: ledger.scores)
    }
    changed = []
  }

  /// The score at full precision; drawn anew where the method draws.
  mutating func exactScore(at position: Int, rollouts: Int) -> Double {
    if let state { return state.value(of: candidate(at: position, rollouts: rollouts), using: &generator) }
    let belief = currentBelief(at: position)
    return configuration.acquisition.value(of: belief, rollouts: rollouts, using: &generator)
  }

  /// The prompt as methods with a state see it.
  func candidate(at position: Int, rollouts: Int) -> Candidate {
    Candidate(
      position: position,
      belief: currentBelief(at: position),
      age: age(of: position),
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

  /// Scores the pool into the ledger; unavailable prompts keep their mark.
  private mutating func fillScores(rollouts: Int, onlyStale: Bool = false) {
    var scores: [Float] = []
    scores.reserveCapacity(Self.chunk)
    var start = 0
    while start < pool.count {
      let end = min(start + Self.chunk, pool.count)
      let positions = (start..<end).filter { position in
        !unavailable.contains(position) && (!onlyStale || ledger.scores[position].isNaN)
      }
      scores.removeAll(keepingCapacity: true)
      appendScores(at: positions, rollouts: rollouts, to: &scores)
      for (position, score) in zip(positions, scores) { ledger.scores[position] = score }
      start = end
    }
  }

  private mutating func appendScores(
    at positions: some Collection<Int>,
    rollouts: Int,
    to scores: inout [Float]
  ) {
    let acquisition = configuration.acquisition
    if let state {
      for position in positions {
        let candidate = candidate(at: position, rollouts: rollouts)
        scores.append(Float(score: state.value(of: candidate, using: &generator)))
      }
      return
    }
    var alphas: [Double] = []
    var betas: [Double] = []
    alphas.reserveCapacity(positions.count)
    betas.reserveCapacity(positions.count)
    if changesUnvisited {
      for position in positions {
        let belief = currentBelief(at: position)
        alphas.append(belief.alpha)
        betas.append(belief.beta)
      }
    } else {
      for position in positions {
        alphas.append(ledger.alphas[position])
        betas.append(ledger.betas[position])
      }
    }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: positions.count) { buffer in
      alphas.withUnsafeBufferPointer { alphas in
        betas.withUnsafeBufferPointer { betas in
          acquisition.values(
            of: BeliefBatch(alphas: alphas, betas: betas),
            rollouts: rollouts,
            into: buffer,
            using: &generator
          )
        }
      }
      scores.append(contentsOf: buffer.lazy.map { Float(score: $0) })
    }
  }
}
