/// The registry of selection methods.
public enum Acquisitions {
  /// Every method that can be named in a configuration or on a command line; a new one adds a line here.
  public static let all: [any Acquisition.Type] = [
    WeightedMutualInformation.self,
    UniformRandom.self,
    MoPPS.self,
    InverseEvidence.self,
    ExpectedDifficulty.self,
    DynamicSampling.self,
    MaPPProportionalSampling.self,
    DynamicsPredictiveSampling.self,
    BOTS.self,
    GRESO.self,
    SPO.self,
    Learnability.self,
    ExpectedSignal.self,
    Recommended.self,
  ]

  /// The names, in the registry's order.
  public static var names: [String] { all.map { $0.name } }

  /// The method called `name`.
  /// - Throws: ``ConfigurationError/unknownMethod(_:known:)`` where the registry has none of that name.
  public static func named(_ name: String) throws(ConfigurationError) -> any Acquisition.Type {
    guard let type = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, known: names)
    }
    return type
  }
}
