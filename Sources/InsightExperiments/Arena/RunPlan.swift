internal import InsightJSON

/// One training run of an arena.
public struct RunPlan: Codable, Hashable, Sendable {
  /// The regime's name.
  public let regime: String
  /// The method's name in the arena.
  public let method: String
  /// The run's seed.
  public let seed: UInt64
  /// The learning rate after warm-up.
  public let learningRate: Double
  /// Whether the run only serves to choose a learning rate.
  public let isTuning: Bool
  /// What `insight train --config` is given.
  let configuration: JSONValue
  /// Settings of the method, as flags.
  public let settings: [String]

  /// The run's folder below the arena's.
  public var path: String {
    isTuning
      ? "tuning/\(regime)/\(method)/rate-\(learningRate)-seed-\(seed)"
      : "runs/\(regime)/\(method)/seed-\(seed)"
  }

  /// Steps and rollouts of which either ends the run; defaults where the configuration says nothing.
  var length: (steps: Double, rollouts: Double) {
    let training = configuration["training"]
    let number = { (value: JSONValue, other: Double) -> Double in
      if case .number(let number) = value, number > 0 { number } else { other }
    }
    return (number(training["steps"], 100), number(training["rolloutLimit"], .infinity))
  }

  init(_ method: ArenaMethod, in regime: Regime, seed: UInt64, learningRate: Double, isTuning: Bool) {
    self.regime = regime.name
    self.method = method.name
    self.seed = seed
    self.learningRate = learningRate
    self.isTuning = isTuning
    var evaluation: [String: JSONValue] = [:]
    // What becomes of the pool's prompts is reported, and nothing is chosen by it.
    if isTuning { evaluation["poolSamples"] = .number(0) }
    let own: JSONValue = .object([
      "training": .object([
        "seed": JSONValue(seed),
        "learningRate": .number(learningRate),
        "selection": .object(["method": .text(method.method)]),
        "evaluation": .object(evaluation),
      ])
    ])
    configuration = regime.run.merged(with: method.run).merged(with: own)
    settings = method.settings.sorted { $0.key < $1.key }
      .flatMap { ["--\($0.key)", $0.value.plainText] }
  }
}

extension ArenaConfiguration {
  /// The runs that learning rates are chosen by; none where there is nothing to choose.
  public var tuningRuns: [RunPlan] {
    regimes.flatMap { regime in
      methods.filter {
        $0.learningRateOf == nil && $0.learningRates[regime.name] == nil && regime.learningRates.count > 1
      }.flatMap { method in
        regime.learningRates.flatMap { rate in
          tuningSeeds.map { RunPlan(method, in: regime, seed: $0, learningRate: rate, isTuning: true) }
        }
      }
    }
  }

  /// The runs that are reported, in an order that gives every method its first seed before any its second.
  public func reportedRuns(learningRates: LearningRates) -> [RunPlan] {
    seeds.flatMap { seed in
      regimes.flatMap { regime in
        methods.map { method in
          RunPlan(
            method,
            in: regime,
            seed: seed,
            learningRate: method.learningRates[regime.name]
              ?? learningRates.rate(of: method.learningRateOf ?? method.name, in: regime),
            isTuning: false
          )
        }
      }
    }
  }
}
