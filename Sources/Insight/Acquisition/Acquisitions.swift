/// The registry of acquisition rules.
public enum Acquisitions {
  /// Every rule that can be named in a configuration or on a command line; a new one adds a line here.
  public static let all: [any Acquisition.Type] = [
    WeightedMutualInformation.self,
    UniformRandom.self,
  ]

  /// The names, in the registry's order.
  public static var names: [String] { all.map { $0.name } }

  /// The rule called `name`.
  /// - Throws: ``ConfigurationError/unknownMethod(_:known:)`` where the registry has none of that name.
  public static func named(_ name: String) throws(ConfigurationError) -> any Acquisition.Type {
    guard let type = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, known: names)
    }
    return type
  }
}
