import Insight
import InsightNumerics
import Testing

/// Histories whose picks, beliefs and snapshots are checked in as sums: the same bits on every machine.
///
/// A failure after a change that should alter no number has found the number that it altered. After one that
/// should, put in the sums that the failure prints. To check another kind of processor on the same machine,
/// run with `GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2`.
@Suite struct StoredHistoryTests {
  /// FNV-1a over bytes.
  struct Sum {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
      for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    mutating func add(_ number: UInt64) { withUnsafeBytes(of: number.littleEndian) { add($0) } }
    mutating func add(_ number: Double) { add(number.bitPattern) }
    mutating func add(_ belief: BetaBelief) {
      add(belief.alpha)
      add(belief.beta)
    }
  }

  /// Selections of random sizes, reports in random order, some abandoned, some late, some with missing or
  /// fractional outcomes: a function of the generator.
  private struct User {
    var generator: SeededGenerator
    var open: [Pick] = []
    var version = 0

    mutating func act(on selector: inout Selector, log: inout [Pick]) throws {
      switch generator.next() % 4 {
      case 0, 1:
        let free = selector.count - open.count
        let batch = try selector.select(Int(generator.next() % UInt64(free / 2 + 1)))
        open += batch
        log += batch
      case 2:
        version += 1
        fallthrough
      default:
        for _ in 0..<(generator.next() % 12) where !open.isEmpty {
          let pick = open.remove(at: Int(generator.next() % UInt64(open.count)))
          if generator.next() % 8 == 0 {
            try selector.abandon(pick.ticket)
          } else {
            let late = min(version, Int(generator.next() % 3))
            try selector.report(pick.ticket, outcomes: outcomes(of: pick), policyVersion: version - late)
          }
        }
      }
    }

    private mutating func outcomes(of pick: Pick) -> [Double] {
      (0..<pick.rollouts).map { _ in [0, 0, 1, 1, 0.5, .nan][Int(generator.next() % 6)] }
    }
  }

  private static let ids = (0..<60).map { "p\($0)" }

  /// What `SelectorPropertyTests` does with a method, in its five configurations and with reference rates.
  private static func sums(of method: String) throws -> (history: UInt64, snapshot: UInt64) {
    var history = Sum()
    var snapshot = Sum()
    for configuration in SelectorPropertyTests.configurations
    where type(of: configuration.acquisition).name == method {
      var selector = try SelectorPropertyTests.selector(ids, configuration, 3)
      if configuration.belief.implicit != nil {
        for number in 0..<40 {
          try selector.setReferenceRates(
            ReferenceRates(weak: Double(number % 7) / 10, strong: Double(number % 7 + 3) / 10),
            of: "p\(number)"
          )
        }
      }
      var user = User(generator: SeededGenerator(seed: 3, stream: 7))
      var picks: [Pick] = []
      for _ in 0..<60 { try user.act(on: &selector, log: &picks) }
      for pick in picks {
        history.add(UInt64(pick.position))
        history.add(UInt64(pick.rollouts))
        history.add(pick.acquisition)
        history.add(pick.belief)
      }
      for position in ids.indices { history.add(selector.belief(at: position)) }
      snapshot.add(try selector.snapshot())
    }
    return (history.value, snapshot.value)
  }

  private static let stored: [String: (history: UInt64, snapshot: UInt64)] = [
    "bots": (0x35ad1352fb1ca28a, 0x38dd9430a74e2e66),
    "dare": (0x10faa91d5ebe80a7, 0xebd917626117ae4f),
    "dps": (0xdaf115e8221d3cba, 0x1b99de8af46de671),
    "dynamic-sampling": (0x95c904206e3ba7ac, 0xd16630f324308195),
    "expected-difficulty": (0xc5f5251b00c5dc65, 0x7ce014a341810960),
    "expected-signal": (0x70838f664c99a0db, 0x6e85f5592299312d),
    "greso": (0x96154fb7d074c7f4, 0x228131ac24203895),
    "insight": (0x280f4caff7b3c6e9, 0x26eeb24cf5569d3e),
    "inverse-evidence": (0x9f1ad4e08c5386e1, 0x41e46cacf9b2cbd),
    "learnability": (0x65e3d78a43fa2f3c, 0x161331a5e9f2f5e7),
    "mapp-ps": (0x74df1504dc3546be, 0x13563bc2ee456b1a),
    "mopps": (0xfe864d8e4c685519, 0x8a7a9ce331dc2e92),
    "pilot-commit": (0x4ac26465d7ccd61f, 0x5a18b52f324c9224),
    "prompt-replay": (0xdd18724df740d2f7, 0x8af43b3179a0ebcd),
    "ragen-top-p": (0x95c904206e3ba7ac, 0xf692941275732e7f),
    "random": (0x95c904206e3ba7ac, 0x4a9b0294d7b0a2bc),
    "recommended": (0xfe42a3e3a9b9c17f, 0xe4474ba6c6ec7e53),
    "reinforce-ada": (0xae5668631a106279, 0x92da5bb58cd244c5),
    "speed-rl": (0x4ac26465d7ccd61f, 0x2022adee0d44684a),
    "spo": (0x2a898cf26e7ccf1c, 0x6288b67e7315450),
  ]

  @Test(arguments: Acquisitions.names)
  func `a method's picks, beliefs and snapshots are those that are stored`(method: String) throws {
    let sums = try Self.sums(of: method)
    let stored = Self.stored[method]
    #expect(
      stored?.history == sums.history && stored?.snapshot == sums.snapshot,
      "\"\(method)\": (0x\(String(sums.history, radix: 16)), 0x\(String(sums.snapshot, radix: 16))),"
    )
  }
}
