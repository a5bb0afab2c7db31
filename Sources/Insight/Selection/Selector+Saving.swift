internal import InsightJSON
internal import InsightNumerics

// A snapshot is `InSight` and a format number, a header in JSON, the columns as they lie in memory, and a checksum
// over all of it. Scores are left out: they follow from the rest.
extension Selector {
  /// The format that this version writes and reads.
  public static let snapshotFormat: UInt8 = 2

  /// Saves the whole state to the file at `path`; restoring it gives the very same future.
  ///
  /// The file appears under its name only when it is complete and on disk. The columns are written from where they
  /// are: memory does not grow with the pool.
  /// - Throws: ``SelectionError/file(path:reason:)``; a file that was there before is then as it was.
  public func save(to path: String) throws(SelectionError) {
    do {
      try SnapshotFile.write(to: path) { sink in try write(to: sink) }
    } catch let error as SelectionError {
      throw error
    } catch {
      throw .file(path: path, reason: "\(error)")
    }
  }

  /// The selector that was saved to the file at `path`.
  /// - Throws: ``SelectionError/file(path:reason:)`` where it cannot be read, ``SelectionError/snapshot(_:)`` where
  ///   it is damaged, of another format, or contradicts itself.
  public init(contentsOf path: String) throws(SelectionError) {
    do {
      self = try SnapshotFile.read(from: path) { try Selector(from: &$0) }
    } catch let error as SelectionError {
      throw error
    } catch {
      throw .file(path: path, reason: "\(error)")
    }
  }

  /// The whole state in memory, as ``save(to:)`` writes it; restoring it gives the very same future.
  /// - Throws: ``SelectionError/snapshot(_:)`` where a method that is not one of ``Acquisitions`` fails to encode.
  public func snapshot() throws(SelectionError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4096 + 20 * pool.count)
    do { try write { bytes.append(contentsOf: $0) } } catch { throw .snapshot("\(error)") }
    return bytes
  }

  /// The selector that `snapshot` was taken of; its method must be one of ``Acquisitions``.
  /// - Throws: ``SelectionError/snapshot(_:)`` where it is damaged, of another format, or contradicts itself.
  public init(restoring snapshot: [UInt8]) throws(SelectionError) {
    var offset = 0
    var reader = SnapshotReader(count: snapshot.count) { buffer in
      snapshot.withUnsafeBytes {
        buffer.copyMemory(from: .init(rebasing: $0[offset..<(offset + buffer.count)]))
      }
      offset += buffer.count
    }
    do {
      self = try Selector(from: &reader)
    } catch let error as SelectionError {
      throw error
    } catch {
      throw .snapshot("\(error)")
    }
  }

  /// Writes the snapshot piece by piece, wherever its bytes go.
  public func write(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
    try withoutActuallyEscaping(sink) { sink in
      var writer = SnapshotWriter(to: sink)
      try writer.write(Self.magic)
      try writer.write(Array(JSONValue(encoding: SnapshotHeader(of: self)).description.utf8))
      try pool.write(to: &writer)
      try writer.write(ledger.alphas)
      try writer.write(ledger.betas)
      try writer.write(ledger.lastVisits)
      if let references {
        try writer.write(references.weak)
        try writer.write(references.strong)
      }
      if let domains { try writer.write(domains.domains) }
      if let population { try writer.write(population.progress) }
      try writer.finish()
    }
  }

  private static let magic = UInt64(littleEndianBytes: Array("InSight".utf8) + [snapshotFormat])

  private init(from reader: inout SnapshotReader) throws {
    let magic = try reader.readNumber()
    guard magic << 8 == Self.magic << 8 else {
      throw SelectionError.snapshot("it is no snapshot of a selector")
    }
    guard magic == Self.magic else {
      throw SelectionError.snapshot(
        "it has format \(magic >> 56), this version reads format \(Self.snapshotFormat)"
      )
    }
    let json: [UInt8] = try reader.read()
    let header: SnapshotHeader
    do {
      header = try JSONValue(parsing: json).decode(SnapshotHeader.self)
    } catch let error as DecodingError {
      throw SelectionError.snapshot("its header cannot be read: \(error.explanation)")
    } catch {
      throw SelectionError.snapshot("its header cannot be read: \(error)")
    }
    let pool = try PromptPool(from: &reader)
    let ledger = Ledger(
      alphas: try reader.read(),
      betas: try reader.read(),
      lastVisits: try reader.read()
    )
    let references =
      header.hasReferences ? References(weak: try reader.read(), strong: try reader.read()) : nil
    let domains: [UInt16] = header.domainNames.isEmpty ? [] : try reader.read()
    let progress: [Float] = header.strata == nil ? [] : try reader.read()
    try reader.finish()
    do { try header.configuration.validate() } catch { throw SelectionError.configuration(error) }
    try header.validate(pool: pool, ledger: ledger, references: references, domains: domains)

    try self.init(
      pool: pool,
      ledger: ledger,
      domains: domains.isEmpty ? nil : DomainLedger(names: header.domainNames, domains: domains),
      configuration: header.configuration,
      seed: 0
    )
    self.domains?.owed = header.domainsOwed
    self.references = references
    if let strata = header.strata {
      guard strata.count == population?.strata.count, progress.count == pool.count,
        strata.allSatisfy(\.isConsistent), progress.allSatisfy({ abs($0) <= 20 })
      else {
        throw SelectionError.snapshot("what it knows of its strata does not fit \(pool.count) prompts")
      }
      population = Population(strata: strata, progress: progress)
    } else if population != nil {
      throw SelectionError.snapshot("it lacks what its configuration's population model has learned")
    }
    policyVersion = header.policyVersion
    firstVersion = header.firstVersion
    missingOutcomes = header.missingOutcomes
    tally = header.tally
    nextTicket = header.nextTicket
    state = header.state
    track = header.track
    sweep = header.sweep
    generator = header.generator
    for (ticket, pick) in zip(header.tickets, header.picks) {
      pending[ticket] = pick
      makeUnavailable(pick.position)
    }
    setAside = header.setAside
    for position in setAside.positions { makeUnavailable(Int(position)) }
  }
}

/// Everything of a snapshot but the columns.
private struct SnapshotHeader: Codable {
  let configuration: SelectorConfiguration
  let policyVersion: Int
  let firstVersion: Int?
  let missingOutcomes: Int
  let tally: Tally
  let nextTicket: Ticket
  let tickets: [Ticket]
  let picks: [PendingPick]
  let setAside: SetAside
  let sweep: ProbeSweep
  let generator: SeededGenerator
  let track: CapabilityTrack
  let hasReferences: Bool
  let domainNames: [String]
  let domainsOwed: [Double]
  /// Where the method keeps one.
  let state: (any MethodState)?
  /// Where the configuration has a population model.
  let strata: [Stratum]?

  private enum CodingKeys: String, CodingKey {
    case configuration, policyVersion, firstVersion, missingOutcomes, tally, nextTicket, tickets, picks
    case setAside, sweep, generator, track, hasReferences, domainNames, domainsOwed, state, strata
  }

  init(of selector: Selector) {
    configuration = selector.configuration
    policyVersion = selector.policyVersion
    firstVersion = selector.firstVersion
    missingOutcomes = selector.missingOutcomes
    tally = selector.tally
    nextTicket = selector.nextTicket
    let pending = selector.pending.sorted { $0.key < $1.key }
    tickets = pending.map(\.key)
    picks = pending.map(\.value)
    setAside = selector.setAside
    sweep = selector.sweep
    generator = selector.generator
    track = selector.track
    hasReferences = selector.references != nil
    domainNames = selector.domains?.names ?? []
    domainsOwed = selector.domains?.owed ?? []
    state = selector.state
    strata = selector.population?.strata
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    configuration = try container.decode(SelectorConfiguration.self, forKey: .configuration)
    policyVersion = try container.decode(Int.self, forKey: .policyVersion)
    firstVersion = try container.decodeIfPresent(Int.self, forKey: .firstVersion)
    missingOutcomes = try container.decode(Int.self, forKey: .missingOutcomes)
    // Earlier snapshots of this format have none.
    tally = try container.decodeIfPresent(Tally.self, forKey: .tally) ?? Tally()
    nextTicket = try container.decode(Ticket.self, forKey: .nextTicket)
    tickets = try container.decode([Ticket].self, forKey: .tickets)
    picks = try container.decode([PendingPick].self, forKey: .picks)
    setAside = try container.decode(SetAside.self, forKey: .setAside)
    sweep = try container.decode(ProbeSweep.self, forKey: .sweep)
    generator = try container.decode(SeededGenerator.self, forKey: .generator)
    track = try container.decode(CapabilityTrack.self, forKey: .track)
    hasReferences = try container.decode(Bool.self, forKey: .hasReferences)
    domainNames = try container.decode([String].self, forKey: .domainNames)
    domainsOwed = try container.decode([Double].self, forKey: .domainsOwed)
    if let method = configuration.acquisition as? any LearningAcquisition {
      state = try Self.state(of: method, from: container.superDecoder(forKey: .state))
    } else {
      state = nil
    }
    strata = try container.decodeIfPresent([Stratum].self, forKey: .strata)
  }

  private static func state<Method: LearningAcquisition>(
    of method: Method,
    from decoder: any Decoder
  ) throws -> any MethodState {
    try Method.State(from: decoder)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(configuration, forKey: .configuration)
    try container.encode(policyVersion, forKey: .policyVersion)
    try container.encode(firstVersion, forKey: .firstVersion)
    try container.encode(missingOutcomes, forKey: .missingOutcomes)
    try container.encode(tally, forKey: .tally)
    try container.encode(nextTicket, forKey: .nextTicket)
    try container.encode(tickets, forKey: .tickets)
    try container.encode(picks, forKey: .picks)
    try container.encode(setAside, forKey: .setAside)
    try container.encode(sweep, forKey: .sweep)
    try container.encode(generator, forKey: .generator)
    try container.encode(track, forKey: .track)
    try container.encode(hasReferences, forKey: .hasReferences)
    try container.encode(domainNames, forKey: .domainNames)
    try container.encode(domainsOwed, forKey: .domainsOwed)
    try state?.encode(to: container.superEncoder(forKey: .state))
    try container.encodeIfPresent(strata, forKey: .strata)
  }

  /// Checks everything that the selector's own calls guarantee, since a snapshot may come from anywhere.
  func validate(pool: PromptPool, ledger: Ledger, references: References?, domains: [UInt16]) throws {
    let count = pool.count
    guard ledger.alphas.count == count, ledger.betas.count == count, ledger.lastVisits.count == count,
      references.map({ $0.weak.count == count && $0.strong.count == count }) ?? true,
      domains.count == (domainNames.isEmpty ? 0 : count), domains.allSatisfy({ $0 < domainNames.count }),
      domainNames.isEmpty || configuration.domains.keys.allSatisfy(domainNames.contains)
    else {
      throw SelectionError.snapshot("its columns do not fit \(count) prompts")
    }
    for position in 0..<count {
      guard BetaBelief.parameterRange.contains(ledger.alphas[position]),
        BetaBelief.parameterRange.contains(ledger.betas[position]),
        (Int(Ledger.neverVisited)...max(policyVersion, 0)).contains(Int(ledger.lastVisits[position]))
      else {
        throw SelectionError.snapshot("the belief about prompt \(position) is impossible")
      }
    }
    guard firstVersion != nil || ledger.lastVisits.allSatisfy({ $0 == Ledger.neverVisited }),
      tally.isConsistent, track.isConsistent, state?.isConsistent(count: count) ?? true
    else {
      throw SelectionError.snapshot("what its method keeps does not fit \(count) prompts")
    }
    // Counts that no run reaches would overflow at the next call.
    let versions = 0...Int(Int32.max)
    guard (0..<(1 << 53)).contains(missingOutcomes), nextTicket.rawValue < 1 << 53,
      versions.contains(policyVersion), firstVersion.map(versions.contains) ?? true
    else {
      throw SelectionError.snapshot("its counts are out of range")
    }
    guard tickets.count == picks.count, Set(tickets).count == tickets.count else {
      throw SelectionError.snapshot("its pending tickets do not match its pending picks")
    }
    var reserved: Set<Int> = []
    for (ticket, pick) in zip(tickets, picks) {
      guard ticket < nextTicket, (0..<count).contains(pick.position), pick.rollouts >= 1,
        reserved.insert(pick.position).inserted
      else {
        throw SelectionError.snapshot("its pending ticket \(ticket.rawValue) does not fit the pool")
      }
    }
    for position in setAside.positions {
      guard (0..<count).contains(Int(position)), reserved.insert(Int(position)).inserted else {
        throw SelectionError.snapshot("prompt \(position), which is set aside, does not fit the pool")
      }
    }
    guard sweep.fits(count) else { throw SelectionError.snapshot("its probes are of another pool") }
    guard Set(domainNames).count == domainNames.count, domainsOwed.count == domainNames.count,
      domainsOwed.allSatisfy({ abs($0) <= Double(Int32.max) })
    else {
      throw SelectionError.snapshot("its domains contradict each other")
    }
  }
}

extension References {
  init(weak: [Double], strong: [Double]) {
    self.weak = weak
    self.strong = strong
  }
}

extension UInt64 {
  fileprivate init(littleEndianBytes bytes: [UInt8]) {
    self = bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
