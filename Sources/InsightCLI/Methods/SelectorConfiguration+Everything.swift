public import Insight

extension SelectorConfiguration {
  /// The same with every part that is off switched on at its defaults, for those who look up what can be set.
  public var withEverythingOn: SelectorConfiguration {
    var full = self
    full.belief.implicit = belief.implicit ?? ImplicitEvidence()
    full.allocation = allocation ?? RolloutAllocation()
    full.solved = solved ?? SolvedRule()
    full.filter = filter ?? GroupFilter()
    return full
  }
}
