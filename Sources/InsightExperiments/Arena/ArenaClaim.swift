/// A statement that the arena is to test: that a method differs from a reference.
///
/// Claims are written down before the runs. The correction for many tests counts these and no others.
public struct ArenaClaim: Codable, Hashable, Sendable {
  /// What is compared.
  public enum Measure: String, Codable, Hashable, Sendable, CaseIterable {
    /// Rollouts to the last target.
    case speedUp = "speed-up"
    /// The mean accuracy over the run.
    case mean
    /// The accuracy at the end of the run.
    case final
  }

  /// The method's name in the arena.
  public var method: String
  /// The reference's name.
  public var over: String
  /// What is compared.
  public var measure: Measure
  /// The set of regimes that it is about; `nil` for all.
  public var regimeSet: String?

  /// A claim from its parts.
  public init(_ method: String, over reference: String, measure: Measure, regimeSet: String? = nil) {
    self.method = method
    over = reference
    self.measure = measure
    self.regimeSet = regimeSet
  }

  /// In words, such as `insight over random, speed-up, test`.
  public var text: String {
    (["\(method) over \(over)", measure.rawValue] + [regimeSet].compactMap(\.self)).joined(separator: ", ")
  }
}
