extension ArenaConfiguration {
  /// - Throws: the first ``ArenaError`` found.
  public func validate() throws(ArenaError) {
    try Self.requireDistinct(regimes.map(\.name), "regimes")
    try Self.requireDistinct(methods.map(\.name), "methods")
    try Self.requireDistinct(seeds.map(String.init), "seeds")
    if !tuningSeeds.isEmpty { try Self.requireDistinct(tuningSeeds.map(String.init), "tuningSeeds") }
    try grid?.validate("grid")
    for regime in regimes {
      try regime.validate()
      if grid != nil { try regime.validateForGrid() }
    }
    for method in methods { try validate(method) }
    try validateReferences()
    if let shared = Set(seeds).intersection(tuningSeeds).min() {
      throw .value(
        name: "tuningSeeds",
        value: "\(shared)",
        expected: "seeds that are not reported: cells chosen on them would flatter the result"
      )
    }
    guard
      !targets.isEmpty, targets.allSatisfy({ $0 > 0 && $0 <= 1 }),
      zip(targets, targets.dropFirst()).allSatisfy(<)
    else {
      throw .value(name: "targets", value: "\(targets)", expected: "shares in (0, 1], ascending")
    }
    for (name, members) in regimeSets.sorted(by: { $0.key < $1.key }) {
      try ArenaError.require(name: name, of: "set of regimes")
      try Self.requireDistinct(members, "regimeSets, \(name)")
      try Self.require(members, among: regimes.map(\.name), "regimeSets, \(name)")
    }
    for claim in claims ?? [] { try validate(claim) }
    // Last, since it is the names and cells above that make the runs.
    for regime in regimes {
      for method in methods {
        for cell in cells(of: method, in: regime) {
          try RunPlan(method, in: regime, seed: seeds[0], cell: cell, isTuning: false).validate()
        }
      }
    }
    try Self.requireDistinct((claims ?? []).map(\.text), "claims", orNone: true)
  }

  private func validate(_ method: ArenaMethod) throws(ArenaError) {
    try method.validate(in: regimes.map(\.name))
    if let other = method.learningRateOf,
      !methods.contains(where: { $0.name == other && $0.learningRateOf == nil }) || other == method.name
    {
      throw .value(
        name: "method \(method.name), learningRateOf",
        value: other,
        expected: "another of the methods, one that takes no other's rate itself"
      )
    }
    guard let grid else {
      guard method.grid == nil else {
        throw .value(
          name: "method \(method.name), grid",
          value: "given",
          expected: "none, since the arena has no grid; give the arena one, or set the method's run"
        )
      }
      return
    }
    try method.validate(with: grid)
  }

  private func validateReferences() throws(ArenaError) {
    let names = methods.map(\.name)
    try Self.requireDistinct(references, "references")
    for reference in references where !names.contains(reference) {
      throw .value(
        name: references.count == 1 ? "reference" : "references",
        value: reference,
        expected: "one of the methods, \(names.joined(separator: ", "))"
      )
    }
    guard let count = referenceCells, let method = methods.first(where: { $0.name == reference }) else {
      return
    }
    let tried = regimes.map { cells(of: method, in: $0).count }.min() ?? 0
    guard grid != nil, !tuningSeeds.isEmpty, method.learningRateOf == nil, (1...tried).contains(count) else {
      throw .value(
        name: "referenceCells",
        value: "\(count)",
        expected: "1 to \(tried), the cells that \(reference) is tried in, with a grid and tuning seeds"
      )
    }
    if let best = bestReported, names.contains(best) {
      throw .value(
        name: "methods",
        value: "given \(best)",
        expected: "another name: the report uses this one"
      )
    }
  }

  private func validate(_ claim: ArenaClaim) throws(ArenaError) {
    try Self.require([claim.method], among: methods.map(\.name), "claims, method")
    let others = (references + [bestReported].compactMap(\.self)).filter { $0 != claim.method }
    try Self.require([claim.over], among: others, "claims, over")
    if let set = claim.regimeSet {
      try Self.require([set], among: regimeSets.keys.sorted(), "claims, regimeSet")
    }
  }

  private static func require(
    _ names: [String],
    among known: [String],
    _ what: String
  ) throws(ArenaError) {
    if let unknown = names.first(where: { !known.contains($0) }) {
      throw .value(
        name: what,
        value: "given '\(unknown)'",
        expected: known.isEmpty ? "none, since there are none" : known.joined(separator: ", ")
      )
    }
  }

  private static func requireDistinct(
    _ names: [String],
    _ what: String,
    orNone: Bool = false
  ) throws(ArenaError) {
    guard orNone || !names.isEmpty else {
      throw .value(name: what, value: "none", expected: "one or more")
    }
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw .value(name: what, value: "given \(name) more than once", expected: "each once")
    }
  }
}
