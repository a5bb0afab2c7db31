import Testing

@testable import InsightNumerics

@Suite struct PortableMathTests {
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
    #expect(portableExp(-900) == 0 && portableExp(900) == .infinity && portableExp(.nan).isNaN)
    #expect(portableExp(-740) > 0 && portableExp(-740) < 0x1p-1060)
    #expect(portableLog(onePlus: 1e-20) == 1e-20)
  }
}
