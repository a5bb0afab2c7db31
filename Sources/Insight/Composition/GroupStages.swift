/// The stages of a group: a pick is asked for a few rollouts first, and for more where a rule says so.
///
/// The rule looks at what the group has shown. The caller reports all outcomes of the group after each stage,
/// by ``Selector/report(_:soFar:policyVersion:settling:)``, and is told how many more to roll out. Prompts
/// are still scored for K rollouts, ``SelectorConfiguration/rollouts``.
///
/// Sizes are counts or shares of K, such as `K/4`. By default they follow K.
public struct GroupStages: Codable, Hashable, Sendable {
  /// When a group goes on.
  ///
  /// A group without any outcome ends under every rule, since it shows nothing.
  public enum Rule: String, Codable, Hashable, Sendable, CaseIterable {
    /// On to the maximum if the first stage is mixed: 0 < p̂ < 1 (arXiv:2506.09016).
    case mixed
    /// On to the maximum if ``GroupStages/low`` ≤ p̂ ≤ ``GroupStages/high`` (arXiv:2605.26606).
    case window
    /// By ``GroupStages/more`` until ``GroupStages/each`` are right and as many wrong (arXiv:2510.04996).
    case balanced
    /// By ``GroupStages/more`` while all outcomes agree and the next one differs with a chance above
    /// ``GroupStages/chance``.
    ///
    /// ```
    /// all right so far:  β′ / (α′ + β′)        all wrong so far:  α′ / (α′ + β′)
    /// ```
    /// (α′, β′) is the belief with what the group has shown. Source: this project.
    case agreement
  }

  /// When a group goes on.
  public var rule: Rule = .agreement
  /// The rollouts of the first stage, ``Pick/rollouts``; a share is at least 2.
  public var first: StageSize = .share(1, of: 4)
  /// The rollouts of each later stage, for `balanced` and `agreement`.
  public var more: StageSize = .share(1, of: 4)
  /// The most rollouts of a group.
  public var maximum: StageSize = .whole
  /// The least p̂ that goes on, for `window`; 0.125 in Pilot-Commit.
  public var low: Double = 0.125
  /// The largest p̂ that goes on, for `window`; 0.75 in Pilot-Commit.
  public var high: Double = 0.75
  /// How many must be right, and how many wrong, for `balanced`.
  public var each: StageSize = .share(1, of: 2)
  /// The chance up to which a group that agrees ends, in [0, 1], for `agreement`.
  public var chance: Double = 0.1

  /// The stages of `agreement`.
  public init() {}

  /// The stages of `rule`; what is left out has its default.
  public init(
    rule: Rule,
    first: StageSize = .share(1, of: 4),
    more: StageSize = .share(1, of: 4),
    maximum: StageSize = .whole
  ) {
    self.rule = rule
    self.first = first
    self.more = more
    self.maximum = maximum
  }

  /// Whether a group that ends with its first stage was turned down, rather than complete.
  ///
  /// A trainer with a ``GroupFilter`` does not train on a group that was.
  public var screens: Bool { rule == .mixed || rule == .window }

  /// The rollouts of the first stage at K = `rollouts`.
  public func firstRollouts(of rollouts: Int) -> Int { first.rollouts(of: rollouts, atLeast: 2) }

  /// The most rollouts of a group at K = `rollouts`.
  public func maximumRollouts(of rollouts: Int) -> Int { maximum.rollouts(of: rollouts) }

  /// The rollouts that a group should have in all.
  /// - Parameters:
  ///   - made: The rollouts that it has, at least those of the first stage.
  ///   - evidence: What they have shown.
  ///   - belief: The belief about the prompt, with what they have shown.
  ///   - rollouts: K.
  /// - Returns: a larger number than `made`, or `made` for a group that is complete.
  public func target(
    after made: Int,
    showing evidence: GroupEvidence,
    belief: BetaBelief,
    rollouts: Int
  ) -> Int {
    let maximum = maximumRollouts(of: rollouts)
    guard made < maximum, !evidence.isEmpty else { return made }
    switch rule {
    case .mixed:
      return evidence.isMixed ? maximum : made
    case .window:
      return low <= evidence.rate && evidence.rate <= high ? maximum : made
    case .balanced:
      let each = Double(each.rollouts(of: rollouts))
      if evidence.successes >= each, evidence.failures >= each { return made }
    case .agreement:
      let chanceToDiffer = evidence.agreesOnRight ? belief.failureRate : belief.mean
      if evidence.isMixed || chanceToDiffer <= chance { return made }
    }
    return min(made + more.rollouts(of: rollouts), maximum)
  }

  /// - Throws: ``ConfigurationError`` for a number out of range, or a rule that K = `rollouts` is too small
  ///   for.
  func validate(rollouts: Int) throws(ConfigurationError) {
    for (name, size) in [("first", first), ("more", more), ("maximum", maximum), ("each", each)] {
      try size.validate("stages.\(name)")
    }
    for (name, value) in [("low", low), ("high", high), ("chance", chance)] where !(0...1).contains(value) {
      throw .setting(name: "stages.\(name)", value: "\(value)", expected: "a number in [0, 1]")
    }
    try validateUse()
    let (first, maximum) = (firstRollouts(of: rollouts), maximumRollouts(of: rollouts))
    guard SelectorConfiguration.rolloutRange.contains(maximum) else {
      throw .setting(name: "stages.maximum", value: "\(maximum)", expected: "1 to 100,000 rollouts")
    }
    guard first < maximum else {
      throw .setting(
        name: "stages.first",
        value: "\(first) rollouts at K = \(rollouts)",
        expected: "fewer than the maximum of \(maximum); raise rollouts or lower stages.first"
      )
    }
    try validateRule(first: first, maximum: maximum, rollouts: rollouts)
  }

  /// Refuses a setting that this rule does not read.
  private func validateUse() throws(ConfigurationError) {
    let usual = Self()
    let settings: [(name: String, isSet: Bool, value: String, rules: [Rule])] = [
      ("low", low != usual.low, "\(low)", [.window]),
      ("high", high != usual.high, "\(high)", [.window]),
      ("each", each != usual.each, each.description, [.balanced]),
      ("chance", chance != usual.chance, "\(chance)", [.agreement]),
      ("more", more != usual.more, more.description, [.balanced, .agreement]),
    ]
    for setting in settings where setting.isSet && !setting.rules.contains(rule) {
      throw .setting(
        name: "stages.\(setting.name)",
        value: setting.value,
        expected: "none beside the rule \(rule.rawValue), which does not read it"
      )
    }
  }

  private func validateRule(first: Int, maximum: Int, rollouts: Int) throws(ConfigurationError) {
    switch rule {
    case .mixed where first < 2:
      throw .setting(name: "stages.first", value: "\(first)", expected: "2 or more, or no group is mixed")
    case .window where !(0...first).contains(where: { low <= rate($0, first) && rate($0, first) <= high }):
      throw .setting(
        name: "stages.low to stages.high",
        value: "\(low) to \(high)",
        expected: "a range that holds a pass rate of the first stage, which has \(first) rollouts"
      )
    case .balanced where 2 * each.rollouts(of: rollouts) > maximum:
      throw .setting(
        name: "stages.each",
        value: "\(each.rollouts(of: rollouts)) at K = \(rollouts)",
        expected: "at most half of the maximum, which is \(maximum)"
      )
    default: break
    }
  }

  private func rate(_ successes: Int, _ rollouts: Int) -> Double { Double(successes) / Double(rollouts) }
}

extension GroupEvidence {
  /// p̂ = S / K, the share that was right.
  fileprivate var rate: Double { successes / outcomes }
}
