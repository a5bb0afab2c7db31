internal import InsightJSON
internal import InsightNumerics

// A snapshot is `InSight` and a format number, a header in JSON, the columns as they lie in memory, and a
// checksum over all of it. Scores are left out: they follow from the rest.
extension Selector {
  /// The format that this version writes and reads.
  public static let snapshotFormat: UInt8 = 4

  /// Saves the whole state to the file at `path`; restoring it gives the very same future.
  ///
  /// The file appears under its name only when it is complete and on disk, also where several processes save
  /// to one path: the last one's stays. Memory does not grow with the pool, since columns are written from
  /// where they are.
  /// - Throws: ``SelectionError/file(path:reason:)`` if it cannot be written, or if the path names
  ///   something that is not a regular file, such as a symbolic link or a device. Whatever was there before
  ///   is then as it was.
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
  /// - Throws: ``SelectionError/file(path:reason:)`` if it cannot be read, ``SelectionError/snapshot(_:)``
  ///   if it is damaged, of another format, or contradicts itself.
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
  /// - Throws: ``SelectionError/snapshot(_:)`` if a method that is not one of ``Acquisitions`` fails to
  ///   encode.
  public func snapshot() throws(SelectionError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4096 + 48 * pool.count + 16 * pendingCount)
    do { try write { bytes.append(contentsOf: $0) } } catch { throw .snapshot("\(error)") }
    return bytes
  }

  /// The selector that `snapshot` was taken of; its method must be one of ``Acquisitions``.
  /// - Throws: ``SelectionError/snapshot(_:)`` if it is damaged, of another format, or contradicts itself.
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
      try writer.write(beliefs.alphas)
      try writer.write(beliefs.betas)
      try writer.write(beliefs.lastVisits)
      try reservations.write(to: &writer, staged: configuration.stages != nil)
      if let references = beliefs.references {
        try writer.write(references.weak)
        try writer.write(references.strong)
      }
      if let domains { try writer.write(domains.numbers) }
      if let population = beliefs.population {
        try writer.write(population.progress)
        try writer.write(population.lives)
      }
      try writer.finish()
    }
  }

  private static let magic = UInt64(littleEndianBytes: Array("InSight".utf8) + [snapshotFormat])

  private init(from reader: inout SnapshotReader) throws {
    let magic = try reader.readNumber()
    guard magic << 8 == Self.magic << 8 else {
      throw SelectionError.snapshot("it is not a snapshot of a selector")
    }
    guard magic == Self.magic else { throw SelectionError.snapshot(Self.otherFormat(Int(magic >> 56))) }
    let header = try SnapshotHeader(from: reader.read())
    do { try header.configuration.validate() } catch { throw SelectionError.configuration(error) }
    let pool = try PromptPool(from: &reader)
    let alphas: [Double] = try reader.read()
    let betas: [Double] = try reader.read()
    let lastVisits: [Int32] = try reader.read()
    let reservations = try ReservationColumns(from: &reader, staged: header.configuration.stages != nil)
    let references =
      header.hasReferences ? ReferenceColumns(weak: try reader.read(), strong: try reader.read()) : nil
    let numbers: [UInt16] = header.domainNames.isEmpty ? [] : try reader.read()
    let progress: [Double] = header.strata == nil ? [] : try reader.read()
    let lives: [Life] = header.strata == nil ? [] : try reader.read()
    try reader.finish()

    try self.init(
      pool: pool,
      domains: try header.domains(numbers, count: pool.count),
      configuration: header.configuration,
      seed: 0
    )
    domainAccounts?.owed = header.domainsOwed
    beliefs.alphas = alphas
    beliefs.betas = betas
    beliefs.lastVisits = lastVisits
    beliefs.references = references
    try header.apply(to: &beliefs, progress: progress, lives: lives)
    missingOutcomes = header.missingOutcomes
    tally = header.tally
    methodState = try header.methodState()
    probes = header.probes
    generator = header.generator
    try validateRestored()
    beliefs.restoreDerived()
    try restore(reservations, nextTicket: header.nextTicket)
  }

  private static func otherFormat(_ format: Int) -> String {
    format < snapshotFormat
      ? "it has format \(format), which an older version wrote, and this version reads format \(snapshotFormat); "
        + "restore it with that version, or start a new selector and observe the groups of the old run"
      : "it has format \(format), and this version reads format \(snapshotFormat); a newer version wrote it, which "
        + "can restore it"
  }

  /// Checks everything that the selector's own calls guarantee, since a snapshot may come from anywhere.
  private func validateRestored() throws {
    guard beliefs.isConsistent(count: count) else {
      throw SelectionError.snapshot("its columns do not fit \(count) prompts")
    }
    for position in 0..<count {
      guard BetaBelief.parameterRange.contains(beliefs.alphas[position]),
        BetaBelief.parameterRange.contains(beliefs.betas[position]),
        (Int(Beliefs.neverVisited)...max(policyVersion, 0)).contains(Int(beliefs.lastVisits[position]))
      else {
        throw SelectionError.snapshot("the belief about prompt \(position) is impossible")
      }
    }
    // Counts that no run reaches would overflow at the next call.
    let versions = 0...Int(Int32.max)
    guard (0..<(1 << 53)).contains(missingOutcomes), versions.contains(policyVersion),
      beliefs.firstVersion.map(versions.contains) ?? true
    else {
      throw SelectionError.snapshot("its counts are out of range")
    }
    guard beliefs.firstVersion != nil || beliefs.lastVisits.allSatisfy({ $0 == Beliefs.neverVisited }),
      tally.isConsistent, beliefs.capabilities.isConsistent, methodState?.isConsistent(count: count) ?? true
    else {
      throw SelectionError.snapshot("the state of its method does not fit \(count) prompts")
    }
    guard probes.fits(count) else { throw SelectionError.snapshot("its probes are of another pool") }
    guard domainAccounts?.isConsistent(count: domains?.names.count ?? 0) ?? true else {
      throw SelectionError.snapshot("its domains contradict each other")
    }
  }

  /// Takes back what was reserved.
  private mutating func restore(_ columns: ReservationColumns, nextTicket: Ticket) throws {
    guard nextTicket.rawValue < 1 << 53 else { throw SelectionError.snapshot("its counts are out of range") }
    guard columns.areOfOneLength else {
      throw SelectionError.snapshot("its pending tickets do not match its pending picks")
    }
    reservations.nextTicket = nextTicket
    reservations.pending.reserveCapacity(columns.tickets.count)
    var last: UInt64?
    for index in columns.tickets.indices {
      let ticket = columns.tickets[index]
      let pick = PendingPick(
        position: Int(columns.positions[index]),
        rollouts: Int(columns.rollouts[index]),
        learned: columns.stages?[index] ?? LearnedGroup()
      )
      // Written in ascending order, so that this also finds a ticket that comes twice.
      guard ticket < nextTicket.rawValue, last.map({ $0 < ticket }) ?? true, pick.rollouts >= 1,
        (0..<count).contains(pick.position), reservations.isFree(pick.position), isConsistent(pick)
      else {
        throw SelectionError.snapshot("its pending ticket \(ticket) does not fit the pool")
      }
      last = ticket
      reservations.pending[Ticket(rawValue: ticket)] = pick
      makeUnavailable(pick.position)
    }
    for (position, version) in zip(columns.setAside, columns.setAsideUntil) {
      guard (0..<count).contains(Int(position)), reservations.isFree(Int(position)),
        (0...2 * Int(Int32.max)).contains(version)
      else {
        throw SelectionError.snapshot("prompt \(position), which is set aside, does not fit the pool")
      }
      reservations.setAside.insert(Int(position), until: version)
      makeUnavailable(Int(position))
    }
  }
}

extension UInt64 {
  fileprivate init(littleEndianBytes bytes: [UInt8]) {
    self = bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
