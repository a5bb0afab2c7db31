internal import Synchronization

/// The registry of selection methods.
public enum Acquisitions {
  /// The methods of this package; a new one adds a line here.
  static let builtIn: [any Acquisition.Type] = [
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
    SpeedRL.self,
    PilotCommit.self,
    ReinforceAda.self,
    SPO.self,
    DARE.self,
    PromptReplay.self,
    RAGENTopP.self,
    Learnability.self,
    ExpectedSignal.self,
    Recommended.self,
  ]

  private static let registered = Mutex<[any Acquisition.Type]>([])

  /// Every method that can be named in a configuration or on a command line: those of this package, then
  /// those that were registered, in order.
  public static var all: [any Acquisition.Type] { builtIn + registered.withLock { $0 } }

  /// The names, in the registry's order.
  public static var names: [String] { all.map { $0.name } }

  /// The method called `name`.
  /// - Throws: ``ConfigurationError/unknownMethod(_:known:)`` if the registry has none of that name.
  public static func named(_ name: String) throws(ConfigurationError) -> any Acquisition.Type {
    let all = all
    guard let type = all.first(where: { $0.name == name }) else {
      throw .unknownMethod(name, known: all.map { $0.name })
    }
    return type
  }

  /// Makes a method of another package known by its name, so that configurations and snapshots with it can be
  /// decoded.
  ///
  /// Without this the method can be used in a ``SelectorConfiguration`` all the same. To register a method
  /// again does nothing.
  /// - Throws: ``ConfigurationError/methodExists(_:)`` if another method has that name.
  public static func register(_ method: any Acquisition.Type) throws(ConfigurationError) {
    let isFree = registered.withLock { others in
      if let other = (builtIn + others).first(where: { $0.name == method.name }) { return other == method }
      others.append(method)
      return true
    }
    if !isFree { throw .methodExists(method.name) }
  }
}
