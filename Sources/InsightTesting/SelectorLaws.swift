public import Insight
internal import InsightNumerics

/// Checks the laws that a selector keeps with `configuration`, over a random history: selections of random
/// sizes, reports in random order, some abandoned, some late, some with missing or fractional outcomes.
///
/// - A batch has as many picks as were asked for, no prompt twice, and none that is pending.
/// - One seed and one history give one future, also where the selector is saved and restored before every
///   call.
/// - Every belief is the same at the end, too.
/// - `invariants` finds nothing wrong after any call.
/// - Where the configuration has stages, groups are reported stage by stage: the same outcomes again get the
///   same answer, and no group is asked for more than its maximum.
///
/// A method of another package has to be registered first: see ``Insight/Acquisitions/register(_:)``.
/// - Parameters:
///   - configuration: What is checked. Rules for domains may name `even` and `odd`.
///   - seed: Decides the history.
///   - calls: How long it is.
///   - invariants: Says what is wrong with a selector; by default nothing more is asked.
/// - Returns: The laws that do not hold; none for a sound method.
public func checkSelector(
  _ configuration: SelectorConfiguration,
  seed: UInt64 = 1,
  calls: Int = 60,
  invariants: (Selector) -> [String] = { _ in [] }
) -> [LawViolation] {
  let name = type(of: configuration.acquisition).name
  var laws = Laws(of: name)
  do {
    try walk(configuration, seed: seed, calls: calls, invariants, &laws)
  } catch {
    laws.check(false, "no call of a sound history throws", "\(error)")
  }
  return laws.violations
}

private func walk(
  _ configuration: SelectorConfiguration,
  seed: UInt64,
  calls: Int,
  _ invariants: (Selector) -> [String],
  _ laws: inout Laws
) throws {
  let ids = (0..<60).map { "p\($0)" }
  let needsDomains = !configuration.domains.isEmpty || configuration.belief.population != nil
  var selector = try Selector(
    pool: ids,
    domains: needsDomains ? ids.indices.map { $0 % 2 == 0 ? "even" : "odd" } : [],
    configuration: configuration,
    seed: seed
  )
  var resumed = selector
  var user = SelectorUser(seed: seed)
  var shadow = user
  for call in 1...max(1, calls) {
    try user.act(on: &selector, &laws)
    resumed = try Selector(restoring: resumed.snapshot())
    try shadow.act(on: &resumed, &laws)
    laws.check(
      user.picks == shadow.picks,
      "one seed and one history give the same picks, also across snapshots",
      "call \(call)"
    )
    for (kind, value) in [("", selector), ("restored ", resumed)] {
      let wrong = invariants(value)
      laws.check(
        wrong.isEmpty,
        "the invariants hold after every call",
        "the \(kind)selector, call \(call): \(wrong)"
      )
    }
  }
  laws.check(
    user.picks.count >= calls,
    "the history picks often enough to show anything",
    "\(user.picks.count)"
  )
  for id in ids {
    let (belief, other) = (try selector.belief(about: id), try resumed.belief(about: id))
    laws.check(belief == other, "beliefs are the same across snapshots", "\(id): \(belief), \(other)")
  }
}

/// One scripted user of a selector: everything it does is a function of its generator.
private struct SelectorUser {
  private var generator: SeededGenerator
  private var open: [Pick] = []
  /// The outcomes so far of groups that are reported in stages.
  private var outcomes: [Ticket: [Double]] = [:]
  private var version = 0
  private(set) var picks: [Pick] = []

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed, stream: 9)
  }

  mutating func act(on selector: inout Selector, _ laws: inout Laws) throws {
    switch generator.next(below: 4) {
    case 0, 1:
      let free = selector.count - open.count
      let wanted = Int(generator.next(below: UInt64(free / 2 + 1)))
      let batch = try selector.select(wanted)
      laws.check(
        batch.count == wanted,
        "a batch has as many picks as asked for",
        "\(batch.count) for \(wanted)"
      )
      let ids = Set(batch.map(\.id))
      laws.check(
        ids.count == batch.count && ids.isDisjoint(with: open.map(\.id)),
        "a batch has no prompt twice and none that is pending",
        "\(batch.map(\.id)), pending \(open.map(\.id))"
      )
      open += batch
      picks += batch
    case 2:
      version += 1
      try report(to: &selector, &laws)
    default:
      try report(to: &selector, &laws)
    }
  }

  private mutating func report(to selector: inout Selector, _ laws: inout Laws) throws {
    for _ in 0..<generator.next(below: 12) where !open.isEmpty {
      let pick = open.remove(at: Int(generator.next(below: UInt64(open.count))))
      if generator.next(below: 8) == 0 {
        outcomes[pick.ticket] = nil
        try selector.abandon(pick.ticket)
        continue
      }
      let late = min(version, Int(generator.next(below: 3)))
      if let stages = selector.configuration.stages, generator.next(below: 8) > 0 {
        try reportStage(of: pick, stages, version: version - late, to: &selector, &laws)
        continue
      }
      let all = outcomes.removeValue(forKey: pick.ticket) ?? draw(pick.rollouts)
      try selector.report(pick.ticket, outcomes: all, policyVersion: version - late)
    }
  }

  /// Reports a pick's next stage twice, and leaves the pick open if its group goes on.
  private mutating func reportStage(
    of pick: Pick,
    _ stages: GroupStages,
    version: Int,
    to selector: inout Selector,
    _ laws: inout Laws
  ) throws {
    let all = outcomes[pick.ticket] ?? draw(pick.rollouts)
    let answer = try selector.report(pick.ticket, soFar: all, policyVersion: version)
    let belief = selector.belief(at: pick.position)
    let again = try selector.report(pick.ticket, soFar: all, policyVersion: version)
    guard case .more(let count) = answer else {
      outcomes[pick.ticket] = nil
      laws.check(again == .settled(.alreadySettled), "a settled group stays settled", "\(again)")
      return
    }
    laws.check(
      again == answer && selector.belief(at: pick.position) == belief,
      "the same outcomes again get the same answer, and nothing is learned twice",
      "\(answer), then \(again)"
    )
    let most = stages.maximumRollouts(of: selector.configuration.rollouts)
    laws.check(
      count > 0 && all.count + count <= most,
      "a group is asked for no more than its maximum",
      "\(count) after \(all.count) of \(most)"
    )
    outcomes[pick.ticket] = all + draw(count)
    open.append(pick)
  }

  private mutating func draw(_ count: Int) -> [Double] {
    (0..<count).map { _ in [0, 0, 1, 1, 0.5, .nan][Int(generator.next(below: 6))] }
  }
}
