internal import InsightNumerics

/// How far the groups of pending picks have come, as columns in the order of their tickets.
///
/// Only snapshots of a configuration with stages have them.
struct StageColumns {
  private let rollouts: [Int32]
  private let digests: [UInt64]
  private let successes: [Double]
  private let failures: [Double]
  private let missing: [Int32]
  private let marks: [UInt8]
  private let previous: [Int32]
  private let versions: [Int32]
  private let predictedMixed: [Double]
  private let alphas: [Double]
  private let betas: [Double]

  /// The bits of a mark.
  private static let mixed: UInt8 = 1
  private static let visited: UInt8 = 2
  private static let first: UInt8 = 4
  private static let fromPrior: UInt8 = 8

  init(of groups: [LearnedGroup]) {
    rollouts = groups.map { Int32($0.rollouts) }
    digests = groups.map(\.digest)
    successes = groups.map(\.evidence.successes)
    failures = groups.map(\.evidence.failures)
    missing = groups.map { Int32($0.evidence.missing) }
    marks = groups.map { group in
      (group.evidence.isMixed ? Self.mixed : 0) | (group.visit == nil ? 0 : Self.visited)
        | (group.visit?.isFirst == true ? Self.first : 0)
        | (group.visit?.startsFromPrior == true ? Self.fromPrior : 0)
    }
    previous = groups.map { Int32($0.visit?.previous ?? 0) }
    versions = groups.map { Int32($0.visit?.version ?? 0) }
    predictedMixed = groups.map(\.predictedMixed)
    alphas = groups.map { $0.visit?.predicted.alpha ?? 1 }
    betas = groups.map { $0.visit?.predicted.beta ?? 1 }
  }

  init(from reader: inout SnapshotReader) throws {
    rollouts = try reader.read()
    digests = try reader.read()
    successes = try reader.read()
    failures = try reader.read()
    missing = try reader.read()
    marks = try reader.read()
    previous = try reader.read()
    versions = try reader.read()
    predictedMixed = try reader.read()
    alphas = try reader.read()
    betas = try reader.read()
  }

  func write(to writer: inout SnapshotWriter) throws {
    try writer.write(rollouts)
    try writer.write(digests)
    try writer.write(successes)
    try writer.write(failures)
    try writer.write(missing)
    try writer.write(marks)
    try writer.write(previous)
    try writer.write(versions)
    try writer.write(predictedMixed)
    try writer.write(alphas)
    try writer.write(betas)
  }

  /// Whether every column has one value for each of `count` picks.
  func areOfLength(_ count: Int) -> Bool {
    digests.count == count
      && [rollouts.count, missing.count, marks.count, previous.count, versions.count]
        .allSatisfy { $0 == count }
      && [successes.count, failures.count, predictedMixed.count, alphas.count, betas.count]
        .allSatisfy { $0 == count }
  }

  /// The group of one pick.
  subscript(index: Int) -> LearnedGroup {
    let mark = marks[index]
    return LearnedGroup(
      rollouts: Int(rollouts[index]),
      digest: digests[index],
      evidence: GroupEvidence(
        successes: successes[index],
        failures: failures[index],
        missing: Int(missing[index]),
        isMixed: mark & Self.mixed != 0
      ),
      visit: mark & Self.visited == 0
        ? nil
        : LearnedGroup.Visit(
          predicted: BetaBelief(trusted: alphas[index], betas[index]),
          isFirst: mark & Self.first != 0,
          startsFromPrior: mark & Self.fromPrior != 0,
          previous: Int(previous[index]),
          version: Int(versions[index])
        ),
      predictedMixed: predictedMixed[index]
    )
  }
}

extension LearnedGroup {
  /// Whether reports can have led here by policy version `newest`, as to what comes from a snapshot they need
  /// not.
  func isConsistent(newest: Int) -> Bool {
    guard rollouts >= 0, evidence.missing >= 0, evidence.successes >= 0, evidence.failures >= 0,
      abs(evidence.outcomes + Double(evidence.missing) - Double(rollouts)) <= 1e-6 * Double(rollouts),
      (0...Double(rollouts)).contains(predictedMixed), !evidence.isMixed || evidence.outcomes > 1
    else { return false }
    guard rollouts > 0 || digest == FNV1a().value else { return false }
    guard let visit else { return evidence.isEmpty && predictedMixed == 0 }
    return !evidence.isEmpty && (0...max(0, newest)).contains(visit.version)
      && (-1...Int(Int32.max)).contains(visit.previous)
      && BetaBelief.parameterRange.contains(visit.predicted.alpha)
      && BetaBelief.parameterRange.contains(visit.predicted.beta)
  }
}
