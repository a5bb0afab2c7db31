import Insight
import InsightNumerics
import Testing

/// Histories whose picks, beliefs and snapshots are checked in as sums: the same bits on every machine.
///
/// A failure after a change that should alter no number has found the number that it altered. After one that
/// should, put in the sums that the failure prints. To check another kind of processor on the same machine,
/// run with `GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-AVX2`.
@Suite struct StoredHistoryTests {
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
    var history = FNV1a()
    var snapshot = FNV1a()
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
    "bots": (0x21a6c8109f403a46, 0xc54fce411b3bffb4),
    "dare": (0xed961e1f8ec5b42a, 0x7f41b47345c8b5cf),
    "dps": (0x74949daf13864138, 0x4356becb1e7158f),
    "dynamic-sampling": (0x280f66dded0565da, 0xfca3e352b6a09353),
    "expected-difficulty": (0xe963f7cf12f03984, 0x2751d1a768b9c601),
    "expected-signal": (0x264cd35a6d7b2b4e, 0xdacf147f286c43d9),
    "greso": (0x59e2a91a25934148, 0x755326ad1a373114),
    "insight": (0x6482b3698950ec12, 0xf62c99db72f891ec),
    "inverse-evidence": (0x3b647c93ee945e2d, 0x7b4ce05773b0e7f1),
    "learnability": (0x88c63ef0f8b80224, 0xa555f1caf0645151),
    "mapp-ps": (0x69d32763e5e4cecb, 0x5f7393661d3e3c69),
    "mopps": (0xc2e2fdea52c566d9, 0x1d8db77acd0de965),
    "pilot-commit": (0x279527922064d8b1, 0xc74f09efb538286c),
    "prompt-replay": (0x7c479a5e2eab6c93, 0xb3675958d859dfa4),
    "ragen-top-p": (0x280f66dded0565da, 0xc64e2d78d591fc31),
    "random": (0x280f66dded0565da, 0x708d8d7864b4c880),
    "recommended": (0xa33590f53c9ab37d, 0xcdedb3d91f93adad),
    "reinforce-ada": (0x84dd9861b6a6b0db, 0x4188f0be8341afe6),
    "speed-rl": (0x279527922064d8b1, 0xcad9bfe504449ea8),
    "spo": (0x96dcab818d8334ab, 0x49979c5992d2c263),
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

extension FNV1a {
  fileprivate mutating func add(_ number: Double) { add(number.bitPattern) }
  fileprivate mutating func add(_ belief: BetaBelief) {
    add(belief.alpha)
    add(belief.beta)
  }
}
