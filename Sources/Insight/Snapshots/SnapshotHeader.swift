internal import InsightJSON
internal import InsightNumerics

/// Everything of a snapshot but the columns.
struct SnapshotHeader: Codable {
  let configuration: SelectorConfiguration
  let policyVersion: Int
  let firstVersion: Int?
  let missingOutcomes: Int
  let tally: Tally
  let nextTicket: Ticket
  let probes: ProbeSweep
  let generator: SeededGenerator
  let capabilities: CapabilityTrack
  let hasReferences: Bool
  let domainNames: [String]
  let domainsOwed: [Double]
  /// Present if the configuration has a population model.
  let strata: [Stratum]?
  /// The method's state, where it keeps one.
  ///
  /// Its type depends on the configuration, so that it is decoded in a second
  /// step.
  private let state: JSONValue?

  init(of selector: Selector) throws {
    configuration = selector.configuration
    policyVersion = selector.beliefs.policyVersion
    firstVersion = selector.beliefs.firstVersion
    missingOutcomes = selector.missingOutcomes
    tally = selector.tally
    nextTicket = selector.reservations.nextTicket
    probes = selector.probes
    generator = selector.generator
    capabilities = selector.beliefs.capabilities
    hasReferences = selector.beliefs.references != nil
    domainNames = selector.domains?.names ?? []
    domainsOwed = selector.domainAccounts?.owed ?? []
    strata = selector.beliefs.population?.strata
    state = try selector.methodState?.tree()
  }

  /// - Throws: ``SelectionError/snapshot(_:)``.
  init(from json: [UInt8]) throws {
    self = try Self.explaining { try JSONValue(parsing: json).decode(SnapshotHeader.self) }
  }

  /// - Throws: ``SelectionError/snapshot(_:)``.
  func methodState() throws -> (any MethodState)? {
    guard let method = configuration.acquisition as? any LearningAcquisition else { return nil }
    let tree = state ?? .null
    func decoded<Method: LearningAcquisition>(for method: Method) throws -> any MethodState {
      try tree.decode(Method.State.self, at: [CodingKeys.state])
    }
    return try Self.explaining { try decoded(for: method) }
  }

  private static func explaining<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DecodingError {
      throw SelectionError.snapshot("its header cannot be read: \(error.explanation)")
    } catch {
      throw SelectionError.snapshot("its header cannot be read: \(error)")
    }
  }

  /// The domains, whose column is `numbers`; `nil` if there are none.
  func domains(_ numbers: [UInt16], count: Int) throws -> DomainMap? {
    guard Set(domainNames).count == domainNames.count, domainsOwed.count == domainNames.count else {
      throw SelectionError.snapshot("its domains contradict each other")
    }
    if domainNames.isEmpty {
      guard configuration.domains.isEmpty else {
        throw SelectionError.snapshot("its rules are for domains that no prompt has")
      }
      return nil
    }
    guard numbers.count == count, numbers.allSatisfy({ $0 < domainNames.count }),
      configuration.domains.keys.allSatisfy(domainNames.contains)
    else {
      throw SelectionError.snapshot("its domains do not fit \(count) prompts")
    }
    return DomainMap(names: domainNames, numbers: numbers)
  }

  /// Gives beliefs what stands here of them.
  func apply(to beliefs: inout Beliefs, progress: [Double], lives: [Life]) throws {
    beliefs.policyVersion = policyVersion
    beliefs.firstVersion = firstVersion
    beliefs.capabilities = capabilities
    guard let population = beliefs.population else { return }
    guard let strata else {
      throw SelectionError.snapshot("it lacks what its configuration's population model has learned")
    }
    guard strata.count == population.strata.count, progress.count == population.progress.count,
      lives.count == population.lives.count, lives.allSatisfy(\.isConsistent),
      strata.allSatisfy(\.isConsistent), progress.allSatisfy({ abs($0) <= 20 })
    else {
      throw SelectionError.snapshot("what it knows of its strata does not fit \(beliefs.count) prompts")
    }
    beliefs.population = Population(
      strata: strata,
      progress: progress,
      lives: lives,
      stratumNumbers: population.stratumNumbers
    )
  }
}

extension MethodState {
  fileprivate func tree() throws -> JSONValue { try JSONValue(encoding: self) }
}
