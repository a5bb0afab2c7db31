import Foundation
import Testing

@testable import Insight

/// Every refused call says why and leaves the state as it was.
@Suite struct SelectorErrorTests {
  @Test func `impossible pools are refused`() {
    #expect(throws: SelectionError.emptyPool) { try Selector(pool: [], seed: 0) }
    #expect(throws: SelectionError.emptyIdentifier(position: 1)) { try Selector(pool: ["a", ""], seed: 0) }
    #expect(throws: SelectionError.duplicatePrompt(id: "0", first: 0, second: 1)) {
      try Selector(pool: ["0", "0", "0"], seed: 0)
    }
  }

  static let impossible: [(SelectorConfiguration, ConfigurationError)] = [
    (.init(rollouts: 0), .rollouts(0)),
    (.init(slack: -1), .slack(-1)),
    (.init(candidates: .multiple(factor: 0)), .candidates(0)),
    (.init(candidates: .count(-3)), .candidates(-3)),
    (.init(belief: BeliefDynamics(discount: 1.01)), .discount(1.01)),
    (.init(belief: BeliefDynamics(discount: -0.5)), .discount(-0.5)),
    (
      .init(acquisition: WeightedMutualInformation(eta: -1, mu: 0.3)),
      .parameter(method: "insight", name: "eta", value: -1, expected: "a finite number, 0 or more")
    ),
    (
      .init(acquisition: WeightedMutualInformation(eta: 3, mu: 3)),
      .parameter(method: "insight", name: "mu", value: 3, expected: "a number in [0, 1]")
    ),
  ]

  @Test(arguments: impossible)
  func `impossible configurations are refused by name`(
    configuration: SelectorConfiguration,
    error: ConfigurationError
  ) {
    #expect(throws: SelectionError.configuration(error)) {
      try Selector(pool: ["a"], configuration: configuration, seed: 0)
    }
  }

  @Test func `a refused call leaves the state untouched`() throws {
    var selector = try Selector(
      pool: (0..<20).map(String.init),
      configuration: SelectorConfiguration(
        belief: BeliefDynamics(discount: 0.9, discounting: .elapsed),
        candidates: .count(12)
      ),
      seed: 11
    )
    let pick = try selector.select(3)[0]
    let calls: [(inout Selector) throws -> Void] = [
      { _ = try $0.select(-1) },
      { _ = try $0.select(18) },
      { _ = try $0.select(.max) },
      { _ = try $0.select(13) },
      { _ = try $0.select(2, rollouts: 0) },
      { _ = try $0.select(rolloutsPerPick: [8, -2]) },
      { _ = try $0.belief(about: "20") },
      { try $0.report(Ticket(rawValue: 3), outcomes: [1], policyVersion: 1) },
      { try $0.abandon(Ticket(rawValue: .max)) },
      { try $0.report(pick.ticket, outcomes: [1, 1.1], policyVersion: 1) },
      { try $0.report(pick.ticket, outcomes: [-0.0001], policyVersion: 1) },
      { try $0.report(pick.ticket, outcomes: Array(repeating: 1, count: 9), policyVersion: 1) },
      { try $0.report(pick.ticket, outcomes: [1], policyVersion: -1) },
      { try $0.report(pick.ticket, outcomes: [1], policyVersion: Int(Int32.max) + 1) },
      { try $0.report(pick.ticket, outcomes: [1]) },
    ]
    let before = try encoded(selector)
    for (index, call) in calls.enumerated() {
      let error = #expect(throws: SelectionError.self, "call \(index)") { try call(&selector) }
      #expect(error?.description.isEmpty == false)
      #expect(try encoded(selector) == before, "call \(index)")
    }
  }

  static let contradictions: [@Sendable (inout Selector) -> Void] = [
    { $0.beliefs.alphas = [1, 1] },
    { $0.beliefs.alphas[1] = 0 },
    { $0.beliefs.betas[0] = -1 },
    { $0.beliefs.betas[2] = .nan },
    { $0.beliefs.lastVisits[1] = 4 },
    { $0.beliefs.lastVisits[1] = -2 },
    { $0.beliefs.policyVersion = -1 },
    { $0.beliefs.firstVersion = -1 },
    { $0.missingOutcomes = -1 },
    { $0.missingOutcomes = .max },
    { $0.reservations.nextTicket = Ticket(rawValue: 1) },
    { $0.reservations.nextTicket = Ticket(rawValue: .max) },
    { $0.reservations.pending[Ticket(rawValue: 0)] = PendingPick(position: 3, rollouts: 8) },
    { $0.reservations.pending[Ticket(rawValue: 0)] = PendingPick(position: 0, rollouts: 0) },
    { $0.reservations.setAside.insert(3, until: 9) },
    { $0.beliefs.lastVisits[1] = 0 },
    { $0.probes = ProbeSweep(count: 4, key: 1) },
    { $0.beliefs.references = ReferenceColumns(weak: [0.5], strong: [0.5]) },
    { $0.reservations.pending[Ticket(rawValue: 0)] = $0.reservations.pending[Ticket(rawValue: 1)] },
    { for pick in $0.pendingPicks { $0.reservations.setAside.insert(pick.position, until: 9) } },
    { $0.domainAccounts = DomainAccounts(of: DomainMap(names: ["x"], numbers: [0, 0, 0])) },
  ]

  @Test(arguments: contradictions)
  func `a snapshot that contradicts itself is refused`(edit: @Sendable (inout Selector) -> Void) throws {
    var selector = try Selector(pool: ["a", "b", "c"], configuration: .insight, seed: 0)
    _ = try selector.select(2)
    edit(&selector)
    #expect(throws: SelectionError.self) { try Selector(restoring: selector.snapshot()) }
  }

  @Test func `a method's state that no reports lead to is refused`() throws {
    for name in ["dps", "greso", "bots"] {
      var configuration = try SelectorConfiguration.named(name)
      configuration.solved = SolvedRule()
      var selector = try Selector(pool: (0..<9).map { "p\($0)" }, configuration: configuration, seed: 0)
      try selector.observe("p7", outcomes: [0, 0], policyVersion: 3)
      try selector.observe("p8", outcomes: [1, 1, 1, 1, 1, 1, 1, 1], policyVersion: 3)
      let text = String(decoding: try selector.snapshot(), as: Unicode.ASCII.self)
      let edits = [
        ("\"positions\":[7,8]", "\"positions\":[7,9]"), ("\"positions\":[7,8]", "\"positions\":[7,7]"),
        ("\"length\":1", "\"length\":-1"), ("\"hardGroups\":1", "\"hardGroups\":3"),
        ("\"hardProbability\":0.5", "\"hardProbability\":1.5"),
        ("\"versions\":[]", "\"versions\":[1]"), ("\"discount\":0.5,", "\"discount\":5.5,"),
      ]
      for (from, to) in edits where text.contains(from) {
        let edited = try Self.snapshot(selector.snapshot(), replacing: from, with: to)
        #expect(throws: SelectionError.self, "\(name): \(to)") { try Selector(restoring: edited) }
      }
      _ = try Selector(restoring: selector.snapshot())
    }
  }

  /// A snapshot whose header was edited and whose checksum is right again.
  private static func snapshot(_ bytes: [UInt8], replacing from: String, with to: String) throws -> [UInt8] {
    var offset = 0
    var reader = SnapshotReader(count: bytes.count) { buffer in
      buffer.copyBytes(from: bytes[offset..<(offset + buffer.count)])
      offset += buffer.count
    }
    let magic = try reader.readNumber()
    let header: [UInt8] = try reader.read()
    var result: [UInt8] = []
    var writer = SnapshotWriter { result.append(contentsOf: $0) }
    try writer.write(magic)
    let text = String(decoding: header, as: UTF8.self)
    try writer.write(Array(text.replacingOccurrences(of: from, with: to).utf8))
    // The columns of a selector without references and domains: three of ids, α, β, last visits.
    try writer.write(reader.read() as [UInt8])
    try writer.write(reader.read() as [UInt32])
    try writer.write(reader.read() as [Int])
    try writer.write(reader.read() as [Double])
    try writer.write(reader.read() as [Double])
    try writer.write(reader.read() as [Int32])
    // Pending tickets, positions and rollouts; prompts that are set aside, and until when.
    try writer.write(reader.read() as [UInt64])
    try writer.write(reader.read() as [Int32])
    try writer.write(reader.read() as [Int32])
    try writer.write(reader.read() as [Int32])
    try writer.write(reader.read() as [Int])
    try writer.finish()
    return result
  }

  @Test func `a snapshot that is damaged or cut off anywhere is refused`() throws {
    var selector = try Selector(pool: (0..<20).map { "prompt-\($0)" }, seed: 0)
    _ = try selector.select(2)
    let good = try selector.snapshot()
    for index in good.indices {
      var damaged = good
      damaged[index] ^= 1 << UInt8(index % 8)
      #expect(throws: SelectionError.self, "byte \(index)") { try Selector(restoring: damaged) }
      #expect(throws: SelectionError.self, "\(index) bytes") {
        try Selector(restoring: Array(good[..<index]))
      }
    }
    #expect(throws: SelectionError.self) { try Selector(restoring: good + [0]) }
    var newer = good
    for (format, writer) in [
      (Selector.snapshotFormat + 1, "a newer version"), (2, "an older version"), (1, "an older version"),
    ] {
      newer[7] = format
      let error = #expect(throws: SelectionError.self) { try Selector(restoring: newer) }
      #expect(
        error.map { $0.description.contains("format \(format)") && $0.description.contains(writer) } == true
      )
    }
  }

  private func encoded(_ selector: Selector) throws -> [UInt8] { try selector.snapshot() }
}
