public import Insight
internal import InsightJSON
internal import InsightNumerics

/// Checks the laws that every selection method keeps, and those of its state where it has one.
///
/// - Values are finite for every belief and K, and so is their mean; weights of a proportional draw are at
///   least 0.
/// - Equal generators give equal values. A method that does not draw leaves the generator alone and gives the
///   mean.
/// - A belief has the same value alone and in a batch.
/// - The mean of the draws of a method that draws is the expected value, within six standard errors.
/// - The defaults are valid, survive encoding, and are those of the preset; the preset is valid.
/// - The method has a name, a summary and a source.
///
/// - Returns: The laws that do not hold; none for a sound method.
public func checkAcquisition(_ method: any Acquisition) -> [LawViolation] {
  laws(of: method)
}

/// Beliefs from next to no evidence to far more than any run has, in all shapes.
public let lawBeliefs: [BetaBelief] = [1e-2, 0.5, 1, 3, 50, 1e3, 1e6, 1e12].flatMap { alpha in
  [1e-2, 1, 7, 1e4, 1e12].compactMap { try? BetaBelief(alpha: alpha, beta: $0) }
}

private func laws<Method: Acquisition>(of method: Method) -> [LawViolation] {
  var laws = Laws(of: Method.name.isEmpty ? "\(Method.self)" : Method.name)
  checkDescription(of: method, &laws)
  checkValues(of: method, &laws)
  checkBatch(of: method, &laws)
  if method.draws { checkMeans(of: method, &laws) }
  var violations = laws.violations
  if let learning = method as? any LearningAcquisition { violations += checkState(of: learning) }
  return violations
}

private func checkDescription<Method: Acquisition>(of method: Method, _ laws: inout Laws) {
  let about = Method.about
  laws.check(
    ![about.name, about.summary, about.source].contains(""),
    "a method says its name, what it does and where it comes from",
    "\(about)"
  )
  for (title, validate) in [("the method", method.validate), ("its defaults", Method().validate)] {
    do { try validate() } catch { laws.check(false, "a method's values are valid", "\(title): \(error)") }
  }
  do { try Method.preset.validate() } catch { laws.check(false, "a preset is valid", "\(error)") }
  laws.check(
    Method.preset.acquisition is Method,
    "a method's preset has that method",
    "\(type(of: Method.preset.acquisition))"
  )
  do {
    let decoded = try JSONValue(encoding: method).decode(Method.self)
    laws.check(decoded == method, "a method survives encoding", "\(method), decoded as \(decoded)")
  } catch {
    laws.check(false, "a method survives encoding", "\(method): \(error)")
  }
}

private func checkValues<Method: Acquisition>(of method: Method, _ laws: inout Laws) {
  var first = SeededGenerator(seed: 1)
  var second = first
  for belief in lawBeliefs {
    for rollouts in [1, 2, 8, 128] {
      let place = "Beta(\(belief.alpha), \(belief.beta)), K = \(rollouts)"
      let value = method.value(of: belief, rollouts: rollouts, using: &first)
      let again = method.value(of: belief, rollouts: rollouts, using: &second)
      let mean = method.expectedValue(of: belief, rollouts: rollouts)
      laws.check(value.isFinite && mean.isFinite, "values are finite", "\(value), mean \(mean), for \(place)")
      laws.check(
        (value == again || value.isNaN) && first == second,
        "equal generators give equal values",
        "\(value) and \(again) for \(place)"
      )
      if Method.rule == .proportional {
        laws.check(value >= 0, "weights of a proportional draw are at least 0", "\(value) for \(place)")
      }
      if !method.draws {
        laws.check(
          value == mean,
          "a method that does not draw gives its expected value",
          "\(value), not \(mean), for \(place)"
        )
      }
    }
  }
  laws.check(
    method.draws || first == SeededGenerator(seed: 1),
    "a method that does not draw leaves the generator alone",
    "\(method)"
  )
}

private func checkBatch(of method: some Acquisition, _ laws: inout Laws) {
  let alphas = lawBeliefs.map(\.alpha)
  let betas = lawBeliefs.map(\.beta)
  var together = [Double](repeating: .nan, count: lawBeliefs.count)
  var generator = SeededGenerator(seed: 3)
  var alone = generator
  alphas.withUnsafeBufferPointer { alphas in
    betas.withUnsafeBufferPointer { betas in
      together.withUnsafeMutableBufferPointer { values in
        let beliefs = BeliefBatch(alphas: alphas, betas: betas)
        method.values(of: beliefs, rollouts: 8, into: values, using: &generator)
      }
    }
  }
  for (belief, value) in zip(lawBeliefs, together) {
    let single = method.value(of: belief, rollouts: 8, using: &alone)
    laws.check(
      value == single,
      "a belief has the same value alone and in a batch",
      "Beta(\(belief.alpha), \(belief.beta)): \(single) alone, \(value) in a batch"
    )
  }
}

private func checkMeans(of method: some Acquisition, _ laws: inout Laws) {
  var generator = SeededGenerator(seed: 5)
  for (alpha, beta) in [(1.0, 1.0), (0.5, 3.0), (7.0, 4.0), (60.0, 20.0)] {
    guard let belief = try? BetaBelief(alpha: alpha, beta: beta) else { continue }
    laws.checkMean(
      method.expectedValue(of: belief, rollouts: 8),
      "Beta(\(alpha), \(beta))",
      { method.value(of: belief, rollouts: 8, using: &generator) }
    )
  }
}

extension Laws {
  /// Draws 2,000 times: a sound method fails once in a billion, if its draws are not of the wildest kind.
  mutating func checkMean(_ expected: Double, _ place: String, _ draw: () -> Double) {
    let count = 2_000.0
    let draws = (0..<Int(count)).map { _ in draw() }
    let mean = draws.reduce(0, +) / count
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    check(
      abs(mean - expected) <= 6 * (variance / count).squareRoot() + 1e-9 * abs(expected),
      "the expected value is the mean of the draws",
      "\(place): expected \(expected), the mean of \(Int(count)) draws is \(mean)"
    )
  }
}
