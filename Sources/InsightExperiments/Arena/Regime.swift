internal import InsightJSON

/// A setting in which methods compete: the task, the base model, the pool and the batch.
public struct Regime: Codable, Hashable, Sendable {
  /// The name that files and folders use.
  public var name: String
  /// What it is, in one sentence.
  public var summary: String
  /// What `insight train --config` is given, method, seed and learning rate apart.
  var run: JSONValue
  /// The learning rates among which each method's is chosen.
  public var learningRates: [Double]

  init(name: String, summary: String = "", run: JSONValue, learningRates: [Double]) {
    self.name = name
    self.summary = summary
    self.run = run
    self.learningRates = learningRates
  }

  /// The keys of a regime's object.
  static let keys = CodingKeys.allCases.map(\.rawValue)

  enum CodingKeys: String, CodingKey, CaseIterable {
    case name
    case summary
    case run
    case learningRates
  }

  /// Reads a regime; the summary may be left out.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try container.decode(String.self, forKey: .name),
      summary: try container.decodeIfPresent(String.self, forKey: .summary) ?? "",
      run: try container.decode(JSONValue.self, forKey: .run),
      learningRates: try container.decode([Double].self, forKey: .learningRates)
    )
  }

  /// Whether the processor does the work, and not another device.
  var trainsOnProcessor: Bool { [.null, .text("cpu")].contains(run["policy"]["device"]) }

  func validate() throws(ArenaError) {
    try ArenaError.require(name: name, of: "regime")
    guard !learningRates.isEmpty, learningRates.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw .value(
        name: "regime \(name), learningRates",
        value: "\(learningRates)",
        expected: "one or more numbers above 0"
      )
    }
    guard Set(learningRates).count == learningRates.count else {
      throw .value(
        name: "regime \(name), learningRates",
        value: "\(learningRates)",
        expected: "each rate once"
      )
    }
    guard case .object = run else {
      throw .value(name: "regime \(name), run", value: run.plainText, expected: "an object {…}")
    }
    for path in ["training.seed", "training.learningRate", "training.selection.method"]
    where path.split(separator: ".").reduce(run, { $0[String($1)] }) != .null {
      throw .value(
        name: "regime \(name), run",
        value: "given '\(path)'",
        expected: "none, since the arena's seeds, learningRates and methods set it"
      )
    }
  }

  /// Refuses a run that would have another length, or other places to be evaluated at, with other K and M.
  func validateForGrid() throws(ArenaError) {
    let training = run["training"]
    let numbers = [
      ("rolloutLimit", training["rolloutLimit"]),
      ("evaluation.everyRollouts", training["evaluation"]["everyRollouts"]),
    ]
    for (key, value) in numbers where (value.wholeNumber ?? 0) < 1 {
      throw .value(
        name: "regime \(name), run, training.\(key)",
        value: value.plainText,
        expected: "a number of rollouts: with a grid, steps differ in how many they make"
      )
    }
  }
}
