// The header documents them.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CInsight
internal import Insight
internal import InsightJSON
internal import InsightPlatform

// The functions of insight.h, which documents them; the compiler compares each with its declaration there.

@c @implementation
public func insight_abi_version() -> UInt32 { UInt32(INSIGHT_ABI_VERSION) }

@c @implementation
public func insight_methods(
  _ json: UnsafeMutablePointer<insight_bytes>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let methods = JSONValue.list(
      Acquisitions.all.map { method in
        .object([
          "name": .text(method.name), "summary": .text(method.summary), "source": .text(method.source),
          "needs": .list(method.preset.needs.map { .text($0.rawValue) }),
        ])
      }
    )
    try target(json, "json").pointee = made(methods.description)
  }
}

@c @implementation
public func insight_bytes_free(_ bytes: UnsafeMutablePointer<insight_bytes>!) {
  guard let bytes else { return }
  free(bytes.pointee.bytes)
  bytes.pointee = insight_bytes(bytes: nil, count: 0)
}

// MARK: - Making, saving, ending

@c @implementation
public func insight_create(
  _ ids: UnsafePointer<insight_strings>!,
  _ domains: UnsafePointer<Int32>!,
  _ domainNames: UnsafePointer<insight_strings>!,
  _ configuration: UnsafePointer<CChar>!,
  _ seed: UInt64,
  _ selector: UnsafeMutablePointer<insight_selector>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let number = try target(selector, "selector")
    let configuration =
      try configuration.map { try SelectorConfiguration(json: text($0, "configuration")) } ?? .recommended
    var pool = PromptPool()
    try forEach(ids, "ids") { id in
      if pool.count == 0 { pool.reserveCapacity(Int(ids.pointee.count)) }
      try pool.append(id)
    }
    var labels: [String] = []
    if let domains {
      var names: [String] = []
      try forEach(domainNames, "domain_names") { names.append($0) }
      labels = try buffer(domains, Int64(pool.count), "domains").enumerated().map { position, domain in
        guard names.indices.contains(Int(domain)) else {
          throw Failure.argument(
            "the domain of prompt \(position) is \(domain), and there are \(names.count) domain_names"
          )
        }
        return names[Int(domain)]
      }
    }
    number.pointee = Registry.add(
      try Selector(pool: pool, domains: labels, configuration: configuration, seed: seed)
    )
  }
}

@c @implementation
public func insight_destroy(_ selector: insight_selector, _ error: UnsafeMutablePointer<insight_error>!)
  -> insight_status
{
  answer(error) { try Registry.remove(selector) }
}

@c @implementation
public func insight_copy(
  _ selector: insight_selector,
  _ copy: UnsafeMutablePointer<insight_selector>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    try target(copy, "copy").pointee = Registry.add(Registry.selector(selector).withSelector { $0 })
  }
}

@c @implementation
public func insight_snapshot(
  _ selector: insight_selector,
  _ snapshot: UnsafeMutablePointer<insight_bytes>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let target = try target(snapshot, "snapshot")
    let bytes = try Registry.selector(selector).withSelector { try $0.snapshot() }
    target.pointee = try bytes.withUnsafeBytes { try made($0) }
  }
}

@c @implementation
public func insight_restore(
  _ snapshot: UnsafePointer<UInt8>!,
  _ count: Int64,
  _ selector: UnsafeMutablePointer<insight_selector>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let number = try target(selector, "selector")
    // A snapshot of a large pool is longer than an array of the other kinds may be.
    guard count >= 0, count == 0 || snapshot != nil else {
      throw Failure.argument("snapshot is NULL or has a negative size")
    }
    let bytes = Array(UnsafeBufferPointer(start: snapshot, count: Int(count)))
    number.pointee = Registry.add(try Selector(restoring: bytes))
  }
}

@c @implementation
public func insight_save(
  _ selector: insight_selector,
  _ path: UnsafePointer<CChar>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let path = try text(path, "path")
    try Registry.selector(selector).withSelector { try $0.save(to: path) }
  }
}

@c @implementation
public func insight_load(
  _ path: UnsafePointer<CChar>!,
  _ selector: UnsafeMutablePointer<insight_selector>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let number = try target(selector, "selector")
    number.pointee = Registry.add(try Selector(contentsOf: text(path, "path")))
  }
}

// MARK: - Choosing

extension insight_pick {
  fileprivate init(_ pick: Pick) {
    self.init(
      ticket: pick.ticket.rawValue,
      position: Int64(pick.position),
      rollouts: Int64(pick.rollouts),
      acquisition: pick.acquisition,
      alpha: pick.belief.alpha,
      beta: pick.belief.beta
    )
  }
}

@c @implementation
public func insight_select(
  _ selector: insight_selector,
  _ count: Int64,
  _ rollouts: Int64,
  _ picks: UnsafeMutablePointer<insight_pick>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let buffer = try buffer(picks, count, "picks")
    let chosen = try Registry.selector(selector).withSelector {
      try $0.select(buffer.count, rollouts: rollouts == 0 ? nil : Int(rollouts))
    }
    for (index, pick) in chosen.enumerated() { buffer[index] = insight_pick(pick) }
  }
}

@c @implementation
public func insight_select_each(
  _ selector: insight_selector,
  _ rollouts: UnsafePointer<Int64>!,
  _ count: Int64,
  _ picks: UnsafeMutablePointer<insight_pick>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let counts = try buffer(rollouts, count, "rollouts").map { Int($0) }
    let buffer = try buffer(picks, count, "picks")
    let chosen = try Registry.selector(selector).withSelector { try $0.select(rolloutsPerPick: counts) }
    for (index, pick) in chosen.enumerated() { buffer[index] = insight_pick(pick) }
  }
}

@c @implementation
public func insight_pending(
  _ selector: insight_selector,
  _ picks: UnsafeMutablePointer<insight_pick>!,
  _ capacity: Int64,
  _ count: UnsafeMutablePointer<Int64>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let buffer = try buffer(picks, capacity, "picks")
    let total = try target(count, "count")
    let pending = try Registry.selector(selector).withSelector { $0.pendingPicks }
    for (index, pick) in pending.prefix(buffer.count).enumerated() { buffer[index] = insight_pick(pick) }
    total.pointee = Int64(pending.count)
  }
}

// MARK: - Learning

/// A policy version as C code gives it: −1 for none.
private func version(_ number: Int64) -> Int? { number == -1 ? nil : Int(number) }

@c @implementation
public func insight_report(
  _ selector: insight_selector,
  _ tickets: UnsafePointer<UInt64>!,
  _ count: Int64,
  _ outcomes: UnsafePointer<Double>!,
  _ offsets: UnsafePointer<Int64>!,
  _ policyVersion: Int64,
  _ recorded: UnsafeMutablePointer<UInt8>!,
  _ baselines: UnsafeMutablePointer<Double>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let tickets = try buffer(tickets, count, "tickets")
    let ranges = try ranges(offsets, count, "offsets")
    let values = try buffer(outcomes, ranges.last ?? 0, "outcomes")
    let groups = tickets.indices.map { index in
      (
        ticket: Ticket(rawValue: tickets[index]),
        outcomes: UnsafeBufferPointer(rebasing: values[Int(ranges[index])..<Int(ranges[index + 1])])
      )
    }
    let (receipts, baseline) = try Registry.selector(selector).withSelector {
      (try $0.report(groups, policyVersion: version(policyVersion)), $0.configuration.baseline)
    }
    for (index, receipt) in receipts.enumerated() {
      recorded?[index] = receipt == .alreadySettled ? 0 : 1
      guard let baselines else { continue }
      let values = Array(groups[index].outcomes)
      let own =
        if case .recorded(let predicted, _, _) = receipt {
          baseline.baselines(of: values, belief: predicted)
        } else {
          values.map { _ in Double.nan }
        }
      for (offset, value) in own.enumerated() { baselines[Int(ranges[index]) + offset] = value }
    }
  }
}

@c @implementation
public func insight_report_stage(
  _ selector: insight_selector,
  _ ticket: UInt64,
  _ outcomes: UnsafePointer<Double>!,
  _ count: Int64,
  _ policyVersion: Int64,
  _ settling: UInt8,
  _ more: UnsafeMutablePointer<Int64>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let target = try target(more, "more")
    let values = try buffer(outcomes, count, "outcomes")
    let progress = try Registry.selector(selector).withSelector {
      try $0.report(
        Ticket(rawValue: ticket),
        soFar: values,
        policyVersion: version(policyVersion),
        settling: settling != 0
      )
    }
    switch progress {
    case .more(let rollouts): target.pointee = Int64(rollouts)
    case .settled: target.pointee = 0
    }
  }
}

/// The id of the prompt at `position`.
private func id(at position: Int64, in selector: Selector) throws(Failure) -> String {
  guard let position = Int(exactly: position), selector.pool.indices.contains(position) else {
    throw Failure(
      status: INSIGHT_REPORT,
      message: "there is no prompt at position \(position); the pool has \(selector.count)"
    )
  }
  return selector.pool[position]
}

@c @implementation
public func insight_observe(
  _ selector: insight_selector,
  _ position: Int64,
  _ outcomes: UnsafePointer<Double>!,
  _ count: Int64,
  _ policyVersion: Int64,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let values = try buffer(outcomes, count, "outcomes")
    try Registry.selector(selector).withSelector {
      try $0.observe(id(at: position, in: $0), outcomes: values, policyVersion: version(policyVersion))
    }
  }
}

@c @implementation
public func insight_abandon(
  _ selector: insight_selector,
  _ tickets: UnsafePointer<UInt64>!,
  _ count: Int64,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let tickets = try buffer(tickets, count, "tickets").map { Ticket(rawValue: $0) }
    try Registry.selector(selector).withSelector { try $0.abandon(tickets) }
  }
}

@c @implementation
public func insight_prime(
  _ selector: insight_selector,
  _ position: Int64,
  _ successes: Double,
  _ rollouts: Double,
  _ weight: Double,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    try Registry.selector(selector).withSelector {
      try $0.prime(id(at: position, in: $0), successes: successes, rollouts: rollouts, weight: weight)
    }
  }
}

@c @implementation
public func insight_set_reference_rates(
  _ selector: insight_selector,
  _ position: Int64,
  _ weak: Double,
  _ strong: Double,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let rates = try ReferenceRates(weak: weak, strong: strong)
    try Registry.selector(selector).withSelector {
      try $0.setReferenceRates(rates, of: id(at: position, in: $0))
    }
  }
}

// MARK: - Looking

/// Calls `body` with each of `positions`, or with all of the pool's where they are NULL.
private func forEachPosition(
  _ positions: UnsafePointer<Int64>?,
  _ count: Int64,
  of selector: Selector,
  _ body: (_ index: Int, _ position: Int) throws -> Void
) throws {
  guard let positions else {
    guard count == selector.count else {
      throw Failure.argument(
        "positions are NULL, and count is \(count); the pool has \(selector.count) prompts"
      )
    }
    for position in 0..<selector.count { try body(position, position) }
    return
  }
  let buffer = try buffer(positions, count, "positions")
  guard let wrong = buffer.first(where: { $0 < 0 || $0 >= selector.count }) else {
    for (index, position) in buffer.enumerated() { try body(index, Int(position)) }
    return
  }
  throw Failure.argument("there is no prompt at position \(wrong); the pool has \(selector.count)")
}

@c @implementation
public func insight_beliefs(
  _ selector: insight_selector,
  _ positions: UnsafePointer<Int64>!,
  _ count: Int64,
  _ alpha: UnsafeMutablePointer<Double>!,
  _ beta: UnsafeMutablePointer<Double>!,
  _ acquisition: UnsafeMutablePointer<Double>!,
  _ lastVisit: UnsafeMutablePointer<Int64>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let alphas = try buffer(alpha, count, "alpha")
    let betas = try buffer(beta, count, "beta")
    try Registry.selector(selector).withSelector { selector in
      try forEachPosition(positions, count, of: selector) { index, position in
        let belief = selector.belief(at: position)
        alphas[index] = belief.alpha
        betas[index] = belief.beta
        if let acquisition { acquisition[index] = selector.expectedAcquisition(at: position) }
        if let lastVisit { lastVisit[index] = Int64(selector.lastVisit(at: position) ?? -1) }
      }
    }
  }
}

@c @implementation
public func insight_positions(
  _ selector: insight_selector,
  _ ids: UnsafePointer<insight_strings>!,
  _ positions: UnsafeMutablePointer<Int64>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    var found: [Int64] = []
    try Registry.selector(selector).withSelector { selector in
      try forEach(ids, "ids") { found.append(Int64(selector.pool.position(of: $0) ?? -1)) }
    }
    let buffer = try buffer(positions, Int64(found.count), "positions")
    for (index, position) in found.enumerated() { buffer[index] = position }
  }
}

@c @implementation
public func insight_ids(
  _ selector: insight_selector,
  _ positions: UnsafePointer<Int64>!,
  _ count: Int64,
  _ ids: UnsafeMutablePointer<insight_bytes>!,
  _ offsets: UnsafeMutablePointer<Int64>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let target = try target(ids, "ids")
    guard count >= 0 else { throw Failure.argument("count is \(count), expected 0 or more") }
    let ends = try buffer(offsets, count &+ 1, "offsets")
    var bytes: [UInt8] = []
    var starts: [Int64] = [0]
    try Registry.selector(selector).withSelector { selector in
      try forEachPosition(positions, count, of: selector) { _, position in
        bytes.append(contentsOf: selector.pool[position].utf8)
        starts.append(Int64(bytes.count))
      }
    }
    target.pointee = try bytes.withUnsafeBytes { try made($0) }
    for (index, start) in starts.enumerated() { ends[index] = start }
  }
}

@c @implementation
public func insight_configuration(
  _ selector: insight_selector,
  _ json: UnsafeMutablePointer<insight_bytes>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let target = try target(json, "json")
    target.pointee = try made(Registry.selector(selector).withSelector { $0.configuration.json })
  }
}

@c @implementation
public func insight_needs(
  _ selector: insight_selector,
  _ json: UnsafeMutablePointer<insight_bytes>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let target = try target(json, "json")
    let needs = try Registry.selector(selector).withSelector { $0.configuration.needs }
    target.pointee = try made(JSONValue.list(needs.map { .text($0.rawValue) }).description)
  }
}

@c @implementation
public func insight_get_metrics(
  _ selector: insight_selector,
  _ starvedAfter: Int64,
  _ metrics: UnsafeMutablePointer<insight_metrics>!,
  _ error: UnsafeMutablePointer<insight_error>!
) -> insight_status {
  answer(error) {
    let target = try target(metrics, "metrics")
    guard (-1...Int64(Int32.max)).contains(starvedAfter) else {
      throw Failure.argument("starved_after is \(starvedAfter), expected a number of policy versions, or -1")
    }
    target.pointee = try Registry.selector(selector).withSelector { selector in
      let tally = selector.tally
      let overview = starvedAfter < 0 ? nil : selector.overview(starvedAfter: Int(starvedAfter))
      return insight_metrics(
        groups: Int64(tally.groups),
        mixed_groups: Int64(tally.mixedGroups),
        predicted_mixed: tally.predictedSignal,
        rollouts: tally.rollouts,
        successes: tally.successes,
        predicted_successes: tally.predictedSuccesses,
        squared_error: tally.squaredError,
        missing: Int64(selector.missingOutcomes),
        prompts: Int64(selector.count),
        available: Int64(selector.availableCount),
        pending: Int64(selector.pendingCount),
        solved: Int64(selector.solvedCount),
        policy_version: Int64(selector.policyVersion),
        belief_mean: overview?.meanSuccessRate ?? .nan,
        belief_evidence: overview?.meanEvidence ?? .nan,
        unvisited_share: overview?.unvisitedShare ?? .nan,
        starved_share: overview?.starvedShare ?? .nan
      )
    }
  }
}
