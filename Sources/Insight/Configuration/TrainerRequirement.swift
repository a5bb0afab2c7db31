/// A setting that a selector carries and somebody else must act on.
///
/// The selector does not see groups before they are reported, and does not roll out. Whoever calls it must
/// therefore act on these settings, or refuse a configuration that has one: a method whose filter nobody
/// applies is another method under its name.
public enum TrainerRequirement: String, Codable, Hashable, Sendable, CaseIterable {
  /// ``SelectorConfiguration/filter`` of the kind ``GroupFilter/Kind/signal``: train only on groups with
  /// signal, and roll out more until there are M of them.
  case filter
  /// ``SelectorConfiguration/filter`` of the kind ``GroupFilter/Kind/variance``: train only on the smallest
  /// set of groups that holds a share of the batch's reward variance, and do not roll out more.
  ///
  /// A trainer that can do ``filter`` alone must refuse this one.
  case varianceFilter
  /// ``SelectorConfiguration/allocation``: roll out each pick ``Pick/rollouts`` times, which differs between
  /// picks.
  case allocation
  /// ``SelectorConfiguration/stages``: report each pick's group after ``Pick/rollouts``, and roll out more of
  /// it as long as the selector asks for more.
  case stages
}

extension SelectorConfiguration {
  /// The settings of this configuration that its trainer must act on; empty for most.
  public var needs: [TrainerRequirement] {
    TrainerRequirement.allCases.filter { requirement in
      switch requirement {
      case .filter: filter?.kind == .signal
      case .varianceFilter: filter?.kind == .variance
      case .allocation: allocation != nil
      case .stages: stages != nil
      }
    }
  }
}
