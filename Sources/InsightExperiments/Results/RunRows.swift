internal import InsightJSON

/// What an arena reads of a line of `metrics.jsonl`, of this version's runs and of earlier ones'.
struct StepRow: Decodable {
  let step: Int
  let rollouts: Int
  let groups: Int
  /// Share of the step's groups that are mixed.
  let mixedShare: Double
  let secondsSelecting: Double
  let secondsRollingOut: Double
  let secondsUpdating: Double
  let secondsOfProcessor: Double?
  let heldOutAccuracy: Double?
  let heldOutStandardError: Double?
  let heldOutSamplingError: Double?

  private enum CodingKeys: String, CodingKey {
    case step, rollouts, groups, mixedShare, signalShare
    case secondsSelecting, secondsRollingOut, secondsUpdating, secondsOfProcessor
    case heldOutAccuracy, heldOutStandardError, heldOutSamplingError
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    step = try container.decode(Int.self, forKey: .step)
    rollouts = try container.decode(Int.self, forKey: .rollouts)
    groups = try container.decode(Int.self, forKey: .groups)
    // Before version 0.2 `signalShare` was the share of mixed groups, and there was no other.
    mixedShare =
      try container.decodeIfPresent(Double.self, forKey: .mixedShare)
      ?? container.decode(Double.self, forKey: .signalShare)
    secondsSelecting = try container.decode(Double.self, forKey: .secondsSelecting)
    secondsRollingOut = try container.decode(Double.self, forKey: .secondsRollingOut)
    secondsUpdating = try container.decode(Double.self, forKey: .secondsUpdating)
    secondsOfProcessor = try container.decodeIfPresent(Double.self, forKey: .secondsOfProcessor)
    heldOutAccuracy = try container.decodeIfPresent(Double.self, forKey: .heldOutAccuracy)
    heldOutStandardError = try container.decodeIfPresent(Double.self, forKey: .heldOutStandardError)
    heldOutSamplingError = try container.decodeIfPresent(Double.self, forKey: .heldOutSamplingError)
  }
}

/// What an arena reads of a line of `groups.jsonl`; whatever else stands there is left alone.
struct GroupRow: Decodable {
  let step: Int
  let prompt: String
  /// K, the rollouts made.
  let rollouts: Int
  /// How many of them have a verdict; a missing one is neither right nor wrong.
  let verdicts: Int
  let successes: Int
  let alpha: Double
  let beta: Double

  private enum CodingKeys: String, CodingKey {
    case step, prompt, rollouts, successes, outcomes, alpha, beta
  }

  /// Refuses counts and beliefs that no group can have, which a damaged file may hold.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    step = try container.decode(Int.self, forKey: .step)
    prompt = try container.decode(String.self, forKey: .prompt)
    rollouts = try container.decode(Int.self, forKey: .rollouts)
    successes = try container.decode(Int.self, forKey: .successes)
    alpha = try container.decode(Double.self, forKey: .alpha)
    beta = try container.decode(Double.self, forKey: .beta)
    let outcomes = try container.decodeIfPresent([JSONValue].self, forKey: .outcomes)
    verdicts = outcomes?.count { $0 != .null } ?? rollouts
    guard outcomes.map({ $0.count == rollouts }) ?? true else {
      throw DecodingError.dataCorruptedError(
        forKey: .outcomes,
        in: container,
        debugDescription: "\(outcomes?.count ?? 0) outcomes of \(rollouts) rollouts are not possible"
      )
    }
    guard rollouts > 0, (0...verdicts).contains(successes) else {
      throw DecodingError.dataCorruptedError(
        forKey: .successes,
        in: container,
        debugDescription: "\(successes) right of \(verdicts) is not possible"
      )
    }
    guard alpha > 0, beta > 0, (alpha + beta).isFinite else {
      throw DecodingError.dataCorruptedError(
        forKey: .alpha,
        in: container,
        debugDescription: "Beta(\(alpha), \(beta)) is not a belief"
      )
    }
  }
}
