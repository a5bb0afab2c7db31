internal import Foundation
internal import Insight
internal import InsightNumerics

/// How well a method's beliefs predict a history: an object of the JSON output.
struct HistoryCalibration: Encodable {
  let method: String
  /// Groups with an outcome.
  private(set) var groups = 0
  /// Those of them with outcomes 0 and 1 only; the log loss is a mean over them.
  private(set) var binaryGroups = 0
  private(set) var logLoss: Double?
  private(set) var brier: Double?
  private(set) var predictedSignal: Double?
  private(set) var signal: Double?
  private(set) var signalBrier: Double?

  init(of name: String, on history: History) throws {
    method = name
    var selector = try Selector(
      pool: history.pool,
      domains: history.domains.contains { !$0.isEmpty } ? history.domains : [],
      configuration: .named(name),
      seed: 0
    )
    var sums = Sums()
    var rest = history.groups[...]
    while let step = rest.first?.step {
      let groups = rest.prefix { $0.step == step }
      rest = rest.dropFirst(groups.count)
      for group in groups {
        sums.add(history.outcomes(of: group), predictedBy: selector.belief(at: group.position))
      }
      for group in groups {
        do {
          try selector.observe(
            history.pool[group.position],
            outcomes: history.outcomes(of: group),
            policyVersion: group.step
          )
        } catch {
          throw InputError.line(path: history.path, number: group.line, reason: error.description)
        }
      }
    }
    groups = sums.groups
    binaryGroups = sums.binaryGroups
    guard groups > 0 else { return }
    let count = Double(groups)
    logLoss = binaryGroups > 0 ? sums.logLoss / Double(binaryGroups) : nil
    brier = sums.squaredError / sums.outcomes
    predictedSignal = sums.predictedSignal / count
    signal = sums.signal / count
    signalBrier = sums.signalSquaredError / count
  }

  private struct Sums {
    var groups = 0
    var binaryGroups = 0
    var outcomes = 0.0
    var logLoss = 0.0
    var squaredError = 0.0
    var predictedSignal = 0.0
    var signal = 0.0
    var signalSquaredError = 0.0

    mutating func add(_ all: ArraySlice<Double>, predictedBy belief: BetaBelief) {
      let outcomes = all.filter { !$0.isNaN }
      guard let least = outcomes.min(), let largest = outcomes.max() else { return }
      groups += 1
      self.outcomes += Double(outcomes.count)
      for outcome in outcomes { squaredError += (outcome - belief.mean) * (outcome - belief.mean) }
      let chance = signalProbability(alpha: belief.alpha, beta: belief.beta, rollouts: outcomes.count)
      let came = least < largest ? 1.0 : 0
      predictedSignal += chance
      signal += came
      signalSquaredError += (came - chance) * (came - chance)
      guard outcomes.allSatisfy({ $0 == 0 || $0 == 1 }) else { return }
      binaryGroups += 1
      logLoss -= logBetaBinomial(
        successes: outcomes.count { $0 == 1 },
        of: outcomes.count,
        alpha: belief.alpha,
        beta: belief.beta
      )
    }
  }
}
