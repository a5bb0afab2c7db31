import Testing

@testable import InsightExperiments

/// Values of SciPy 1.17 and NumPy 2.4.
@Suite struct `Statistics of the arena` {
  @Test(arguments: [
    (1.0, 12.706204736174694), (2, 4.302652729749462), (4, 2.7764451051977934), (9, 2.262157162798205),
    (29, 2.045229642132703),
  ])
  func `Student's quantile is SciPy's`(degrees: Double, expected: Double) {
    #expect(abs(studentQuantile(0.975, degreesOfFreedom: degrees) / expected - 1) < 1e-11)
  }

  @Test func `a mean of seeds has Student's interval, and of one seed none`() throws {
    let five = Estimate(meanOf: [1, 2, 3, 4, 5])
    // 3 ± 2.776445·√(2.5/5)
    #expect(five.estimate == 3)
    #expect(abs(try #require(five.low) - (3 - 1.963243)) < 1e-6)
    #expect(abs(try #require(five.high) - (3 + 1.963243)) < 1e-6)
    #expect(Estimate(meanOf: [0.5]) == Estimate(estimate: 0.5))
    #expect(Estimate(meanOf: []) == Estimate(estimate: nil))
  }

  @Test func `rank correlation is SciPy's, ties sharing their rank`() throws {
    let found = rankCorrelation([0.1, 0.5, 0.5, 0.2, 0.9, 0.3, 0.7], [0, 0.25, 0.5, 0.125, 1, 0.5, 0.5])
    #expect(abs(try #require(found) - 0.8601512308077806) < 1e-14)
    #expect(rankCorrelation([1, 1, 1], [1, 2, 3]) == nil)
    #expect(rankCorrelation([1], [1]) == nil)
  }

  @Test func `percentiles are NumPy's`() {
    let values = [3.0, 1, 4, 1, 5, 9, 2, 6]
    #expect(percentile(0.025, of: values) == 1)
    #expect(percentile(0.5, of: values) == 3.5)
    #expect(abs(percentile(0.975, of: values) - 8.475) < 1e-12)
    #expect(percentile(0.5, of: [7]) == 7)
  }

  @Test func `calibration counts every rollout, and pools bins by groups`() throws {
    let found = BeliefCalibration(predictions: [0.25, 0.5, 1], successes: [1, 4, 2], verdicts: [4, 4, 2])
    // 4 rollouts at 0.25: 1·0.5625 + 3·0.0625; 4 at 0.5: 4·0.25; 2 at 1: none.
    #expect(abs(try #require(found.brier) - (0.75 + 1) / 10) < 1e-15)
    #expect(found.bins.map(\.groups) == [1, 1, 1])
    #expect(found.bins.map(\.observed) == [0.25, 1, 1])
    #expect(found.rankCorrelation == rankCorrelation([0.25, 0.5, 1], [0.25, 1, 1]))
    let other = BeliefCalibration(predictions: [0.29, 0.21], successes: [0, 3], verdicts: [4, 4])
    let pooled = BeliefCalibration.pooled([found, other])
    #expect(pooled.map(\.groups) == [3, 1, 1])
    #expect(abs(pooled[0].predicted - 0.25) < 1e-15)
    #expect(abs(pooled[0].observed - 1.0 / 3) < 1e-15)
  }

  @Test func `calibration leaves out groups without a verdict`() {
    let judged = BeliefCalibration(predictions: [0.25, 1], successes: [1, 2], verdicts: [4, 2])
    let all = BeliefCalibration(predictions: [0.25, 0.5, 1], successes: [1, 0, 2], verdicts: [4, 0, 2])
    #expect(all == judged)
    let none = BeliefCalibration(predictions: [0.5], successes: [0], verdicts: [0])
    #expect(none.brier == nil && none.rankCorrelation == nil && none.bins.isEmpty)
  }
}

@Suite struct `A curve` {
  @Test func `is linear between its points and constant beyond`() {
    let curve = Curve(rollouts: [0, 10, 20], values: [0, 1, 0.5])
    let places: [Double] = [-5, 0, 5, 10, 15, 20, 99]
    let expected: [Double] = [0, 0, 0.5, 1, 0.75, 0.5, 0.5]
    #expect(places.map(curve.value) == expected)
    #expect(curve.meanHeight == (5 + 7.5) / 20)
  }

  @Test func `rises as SciPy's isotonic regression does`() {
    let values = [0.1, 0.3, 0.2, 0.25, 0.5, 0.4, 0.45, 0.6]
    let risen = Curve(rollouts: (0..<8).map(Double.init), values: values).risen().values
    let expected = [0.1, 0.25, 0.25, 0.25, 0.45, 0.45, 0.45, 0.6]
    let largest = zip(risen, expected).map { abs($0 - $1) }.max() ?? 1
    #expect(largest < 1e-15)
  }

  @Test func `reaches a level where the line crosses it`() {
    let curve = Curve(rollouts: [0, 100, 200], values: [0.2, 0.2, 0.6])
    #expect(curve.firstReaching(0.2) == 0)
    #expect(curve.firstReaching(0.5).map { abs($0 - 175) < 1e-9 } == true)
    #expect(curve.firstReaching(0.61) == nil)
  }
}

@Suite struct `A speed-up` {
  /// Rises from 0.2 to 0.6 over `length` rollouts, and stays.
  private func curve(reachingAfter length: Double, noise: Double = 0) -> Curve {
    let places = stride(from: 0.0, through: 1000, by: 50).map(\.self)
    return Curve(
      rollouts: places,
      values: places.map { 0.2 + 0.4 * min(1, $0 / length) + ($0 > 0 ? noise : 0) }
    )
  }

  @Test func `of a method that learns twice as fast is 2, at every target`() throws {
    for fraction in [0.25, 0.5, 1] {
      let speedUp = SpeedUp(
        of: [curve(reachingAfter: 400)],
        over: [curve(reachingAfter: 800)],
        fraction: fraction,
        seed: 1
      )
      #expect(abs(try #require(speedUp.floored.estimate.estimate) - 2) < 1e-9)
      #expect(abs(speedUp.target - (0.2 + 0.4 * fraction)) < 1e-12)
      #expect(speedUp.floored.estimate.low == nil, "one seed has no interval")
    }
  }

  @Test func `of the reference itself is exactly 1, and so is its interval`() {
    let curves = [0.01, -0.02, 0.015].map { curve(reachingAfter: 700, noise: $0) }
    let speedUp = SpeedUp(of: curves, over: curves, fraction: 1, seed: 1)
    #expect(speedUp.floored.estimate == Estimate(estimate: 1, low: 1, high: 1))
  }

  @Test func `is missing where the target is out of reach, and draws that miss it count as 0`() {
    let slow = [curve(reachingAfter: 3000), curve(reachingAfter: 3000)]
    let fast = [curve(reachingAfter: 500), curve(reachingAfter: 500)]
    let speedUp = SpeedUp(of: slow, over: fast, fraction: 1, seed: 1)
    #expect(speedUp.rollouts == nil)
    #expect(speedUp.floored.estimate == Estimate(estimate: nil, low: 0, high: 0))
  }

  @Test func `has an interval that holds the truth about as often as it says`() {
    // Seeds whose pace varies by a quarter; the truth is the ratio of the mean curves of very many seeds.
    var hits = 0
    let trials = 40
    for trial in 0..<trials {
      var state = UInt64(trial) &* 7919 &+ 17
      let pace = { () -> Double in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return 0.75 + 0.5 * Double(state >> 11) / Double(1 << 53)
      }
      let pairs = (0..<8).map { _ in
        (curve(reachingAfter: 300 * pace()), curve(reachingAfter: 600 * pace()))
      }
      let ratio = SpeedUp(
        of: pairs.map(\.0),
        over: pairs.map(\.1),
        fraction: 0.5,
        seed: UInt64(trial),
        draws: 200
      ).floored.estimate
      if let low = ratio.low, let high = ratio.high, low <= 2, high >= 2 { hits += 1 }
    }
    // 95 % in the limit; percentile intervals of eight seeds are somewhat narrow.
    #expect(hits >= 32 && hits < trials)
  }

  @Test func `in seconds is the ratio of mean seconds at the rollouts that are compared, by hand`() throws {
    // Twice as many rollouts to the target, at half of the time for each: equal seconds.
    let place = { (seconds: Double) in Curve(rollouts: [0, 1000], values: [0, seconds]) }
    let speedUp = SpeedUp(
      of: [curve(reachingAfter: 400), curve(reachingAfter: 400)],
      over: [curve(reachingAfter: 800), curve(reachingAfter: 800)],
      seconds: ([place(20), place(20)], [place(10), place(10)]),
      fraction: 1,
      seed: 1
    )
    #expect(abs(try #require(speedUp.floored.estimate.estimate) - 2) < 1e-9)
    #expect(abs(try #require(speedUp.seconds.estimate.estimate) - 1) < 1e-9)
    #expect(abs(try #require(speedUp.seconds.estimate.low) - 1) < 1e-9)
    let without = SpeedUp(
      of: [curve(reachingAfter: 400)],
      over: [curve(reachingAfter: 800)],
      fraction: 1,
      seed: 1
    )
    #expect(without.seconds.estimate == Estimate(estimate: nil))
  }

  @Test func `in seconds is missing where the target is out of reach`() {
    let slow = [curve(reachingAfter: 3000), curve(reachingAfter: 3000)]
    let fast = [curve(reachingAfter: 500), curve(reachingAfter: 500)]
    let time = [Curve(rollouts: [0, 1000], values: [0, 5]), Curve(rollouts: [0, 1000], values: [0, 6])]
    let speedUp = SpeedUp(of: slow, over: fast, seconds: (time, time), fraction: 1, seed: 1)
    #expect(speedUp.seconds.estimate == Estimate(estimate: nil, low: 0, high: 0))
  }

  @Test func `over regimes is the geometric mean, and missing where one is`() {
    let ratio = { SpeedUp.Ratio($0, draws: $1) }
    let both = SpeedUp.geometricMean([ratio(1, [1, 1]), ratio(4, [4, 4])]).estimate
    #expect(both == Estimate(estimate: 2, low: 2, high: 2))
    #expect(SpeedUp.geometricMean([ratio(1, [1]), ratio(nil, [0])]).estimate.estimate == nil)
  }
}
