public import Foundation
internal import InsightTasks
internal import InsightTraining

extension RunResult {
  /// What the run directory `url` of the finished run `plan` amounts to.
  /// - Throws: ``ArenaError/unreadable(path:reason:)``.
  public init(of plan: RunPlan, in url: URL) throws {
    regime = plan.regime
    method = plan.method
    seed = plan.seed
    learningRate = plan.learningRate
    rolloutsPerPrompt = plan.rolloutsPerPrompt
    promptsPerStep = plan.promptsPerStep

    let metrics: [StepRow] = try JSONFile.rows(of: url.appendingPathComponent("metrics.jsonl"))
    points = try Self.points(
      metrics,
      baseline: JSONFile.value(of: url.appendingPathComponent("baseline.json")),
      file: url
    )
    steps = metrics.last?.step ?? 0
    diverged = nil
    secondsSelecting = metrics.reduce(0) { $0 + $1.secondsSelecting }
    let groups = metrics.reduce(0) { $0 + $1.groups }
    mixedShare = metrics.reduce(0) { $0 + $1.mixedShare * Double($1.groups) } / Double(max(groups, 1))

    var visits: [String: Int] = [:]
    var predictions: [Double] = []
    var successes: [Int] = []
    var verdicts: [Int] = []
    let records: [GroupRow] = try JSONFile.rows(of: url.appendingPathComponent("groups.jsonl"))
    for group in records {
      visits[group.prompt, default: 0] += 1
      predictions.append(group.alpha / (group.alpha + group.beta))
      successes.append(group.successes)
      verdicts.append(group.verdicts)
    }
    picks = BeliefCalibration(predictions: predictions, successes: successes, verdicts: verdicts)

    let file = url.appendingPathComponent("pool.jsonl")
    pool =
      FileManager.default.fileExists(atPath: file.path)
      ? PoolResult(try JSONFile.rows(of: file) as [PoolRecord], visits: visits) : nil
  }

  private static func points(
    _ metrics: [StepRow],
    baseline: Accuracy,
    file: URL
  ) throws -> [Point] {
    let countsProcessor = metrics.allSatisfy { $0.secondsOfProcessor != nil }
    var points = [
      Point(
        step: 0,
        rollouts: 0,
        seconds: 0,
        secondsOfProcessor: countsProcessor ? 0 : nil,
        accuracy: baseline.mean,
        standardError: baseline.standardError,
        samplingError: baseline.samplingError,
        mixedShare: nil
      )
    ]
    var seconds = 0.0
    var ofProcessor = 0.0
    var mixed = 0.0
    var groups = 0
    for step in metrics {
      seconds += step.secondsSelecting + step.secondsRollingOut + step.secondsUpdating
      ofProcessor += step.secondsOfProcessor ?? 0
      mixed += step.mixedShare * Double(step.groups)
      groups += step.groups
      guard let accuracy = step.heldOutAccuracy else { continue }
      points.append(
        Point(
          step: step.step,
          rollouts: step.rollouts,
          seconds: seconds,
          secondsOfProcessor: countsProcessor ? ofProcessor : nil,
          accuracy: accuracy,
          standardError: step.heldOutStandardError ?? 0,
          samplingError: step.heldOutSamplingError,
          mixedShare: mixed / Double(max(groups, 1))
        )
      )
      mixed = 0
      groups = 0
    }
    guard points.count > 1 else {
      throw ArenaError.unreadable(
        path: file.path,
        reason: "held-out accuracy was never measured",
        remedy: "set training.evaluation.everyRollouts in the regime"
      )
    }
    return points
  }
}

extension RunResult.PoolResult {
  init(_ records: [PoolRecord], visits: [String: Int]) {
    let rate = { (records: [PoolRecord]) -> Double? in
      let rollouts = records.reduce(0) { $0 + $1.rollouts }
      return rollouts > 0 ? Double(records.reduce(0) { $0 + $1.successes }) / Double(rollouts) : nil
    }
    let starved = records.filter { visits[$0.prompt, default: 0] <= 1 }
    prompts = records.count
    starvedShare = Double(starved.count) / Double(max(records.count, 1))
    starvedSuccessRate = rate(starved)
    successRate = rate(records) ?? 0
    calibration = BeliefCalibration(
      predictions: records.map { $0.alpha / ($0.alpha + $0.beta) },
      successes: records.map(\.successes),
      verdicts: records.map(\.rollouts)
    )
  }
}
