import InsightTestTags
import Testing

@testable import InsightNumerics

/// The portable elementary functions against the values that Scripts/reference/portable.py computed with 60
/// digits.
@Suite(.tags(.reference)) struct PortableMathTests {
  struct Reference: Decodable {
    struct Value: Decodable {
      let x: [Double]
      let value: Double
    }
    let log: [Value]
    let logOnePlus: [Value]
    let exp: [Value]
    let pow: [Value]
    let logGamma: [Value]
    let erfc: [Value]
  }

  private let reference: Reference

  init() throws {
    reference = try decodeResource("portable", as: Reference.self)
  }

  /// The largest error of `function`, in units of the bound that `allowed` gives for a value and its
  /// arguments.
  private func worst(
    of values: [Reference.Value],
    allowed: (Reference.Value) -> Double,
    _ function: ([Double]) -> Double
  ) -> WorstError {
    var worst = WorstError()
    for value in values {
      let computed = function(value.x)
      let error = computed == value.value ? 0 : abs(computed - value.value) / allowed(value)
      worst.record(error, at: "\(value.x): \(computed), not \(value.value)")
    }
    return worst
  }

  @Test func `the logarithm is within its bound`() {
    let error = worst(of: reference.log, allowed: { 5e-16 * abs($0.value) }, { portableLog($0[0]) })
    #expect(reference.log.count > 300 && error.error < 1, "\(error)")
  }

  @Test func `the logarithm of one plus a number is within its bound`() {
    let error = worst(
      of: reference.logOnePlus,
      allowed: { 6e-16 * abs($0.value) },
      { portableLog(onePlus: $0[0]) }
    )
    #expect(reference.logOnePlus.count > 250 && error.error < 1, "\(error)")
  }

  @Test func `the exponential is within its bound`() {
    let error = worst(of: reference.exp, allowed: { 4e-16 * $0.value }, { portableExp($0[0]) })
    #expect(reference.exp.count > 400 && error.error < 1, "\(error)")
  }

  @Test func `powers are within their bounds, whole ones and others`() {
    let error = worst(
      of: reference.pow,
      allowed: { value in
        let (x, y) = (value.x[0], value.x[1])
        let isWhole = y >= 1 && y <= 64 && y == y.rounded()
        return (isWhole ? y * 1.2e-16 : 5e-16 * (1 + abs(y * portableLog(x)))) * value.value
      },
      { portablePow($0[0], $0[1]) }
    )
    #expect(reference.pow.count > 500 && error.error < 1, "\(error)")
  }

  @Test func `the logarithm of Gamma is within its bound`() {
    let error = worst(
      of: reference.logGamma,
      allowed: { 1e-14 * max(1, abs($0.value)) },
      { portableLogGamma($0[0]) }
    )
    #expect(reference.logGamma.count > 200 && error.error < 1, "\(error)")
  }

  @Test func `the complementary error function is within its bound`() {
    let error = worst(of: reference.erfc, allowed: { _ in 1e-15 }, { portableErfc($0[0]) })
    #expect(reference.erfc.count > 150 && error.error < 1, "\(error)")
  }

  @Test func `one number has the bits that it has in a vector`() {
    var generator = SeededGenerator(seed: 12)
    for _ in 0..<500 {
      let positive =
        Double(sign: .plus, exponent: Int(generator.next(below: 2_000)) - 1_000, significand: 1)
        * (1 + generator.nextUnit())
      #expect(portableLog(positive) == laneLog(Lanes(repeating: positive))[3])
      let exponent = 1_380 * generator.nextUnit() - 690
      #expect(portableExp(exponent) == laneExp(Lanes(repeating: exponent))[5])
    }
  }

  @Test func `the ends of the range are those of the mathematics`() {
    #expect(portableLog(1) == 0 && portableExp(0) == 1)
    #expect(portableLog(0) == -.infinity && portableLog(.infinity) == .infinity)
    #expect(portableLog(-1).isNaN && portableLog(.nan).isNaN)
    #expect(portableExp(-900) == 0 && portableExp(900) == .infinity && portableExp(.nan).isNaN)
    #expect(portableExp(-.infinity) == 0 && portableExp(.infinity) == .infinity)
    #expect(portableExp(-740) > 0 && portableExp(-740) < 0x1p-1060)
    #expect(portableLog(onePlus: 1e-20) == 1e-20 && portableLog(onePlus: 0) == 0)
    #expect(portableLog(onePlus: -1) == -.infinity && portableLog(onePlus: -2).isNaN)
    #expect(portableLog(onePlus: .infinity) == .infinity && portableLog(onePlus: .nan).isNaN)
    #expect(portablePow(0, 0) == 1 && portablePow(0, 2) == 0 && portablePow(0, 2.5) == 0)
    #expect(portablePow(1, 2.5) == 1 && portablePow(-1, 2.5).isNaN && portablePow(.nan, 2.5).isNaN)
    #expect(
      portableErfc(0) == 1 && portableErfc(40) == 0 && portableErfc(-40) == 2 && portableErfc(.nan).isNaN
    )
  }
}
