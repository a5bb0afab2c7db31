internal import Insight
internal import InsightJSON
internal import InsightTraining

/// A method as the command describes it: an object of the JSON output.
struct MethodDescription: Encodable {
  /// The choice that a method makes.
  enum Kind: String, Encodable, CaseIterable {
    case selection
    case advantage

    var title: String {
      switch self {
      case .selection: "Selection methods (--method NAME)"
      case .advantage: "Advantage estimators (training.objective.advantage in a configuration file)"
      }
    }
  }

  let name: String
  let kind: Kind
  let summary: String
  let source: String
  // The rest is of selection methods.
  let rule: SelectionRule?
  let draws: Bool?
  let keepsState: Bool?
  let parameters: JSONValue?
  let belief: JSONValue?
  let candidates: String?
  let probeShare: Double?
  /// Null in the JSON if there is no filter.
  let filter: JSONValue?
  /// Null in the JSON if a group is rolled out at once.
  let stages: JSONValue?
  let options: [String]?
  private let settings: [MethodSetting]

  private enum CodingKeys: CodingKey {
    case name
    case kind
    case summary
    case source
    case rule
    case draws
    case keepsState
    case parameters
    case belief
    case candidates
    case probeShare
    case filter
    case stages
    case options
  }

  /// Every method, in the registry's order.
  static func all() throws -> [MethodDescription] {
    try Acquisitions.all.map { try MethodDescription($0) } + AdvantageEstimator.allCases.map { .init($0) }
  }

  private init(_ type: any Acquisition.Type) throws {
    let preset = type.preset
    let tree = try JSONValue(encoding: preset)
    name = type.name
    kind = .selection
    summary = type.summary
    source = type.source
    rule = type.rule
    draws = preset.acquisition.draws
    keepsState = preset.acquisition is any LearningAcquisition
    parameters = tree["parameters"]
    belief = tree["belief"]
    candidates = preset.candidates.description
    probeShare = preset.probeShare
    filter = tree["filter"]
    stages = tree["stages"]
    settings = try MethodSetting.all(of: preset)
    options = settings.map(\.flag)
  }

  private init(_ estimator: AdvantageEstimator) {
    name = estimator.rawValue
    kind = .advantage
    summary = estimator.summary
    source = estimator.source
    rule = nil
    draws = nil
    keepsState = nil
    parameters = nil
    belief = nil
    candidates = nil
    probeShare = nil
    filter = nil
    stages = nil
    options = nil
    settings = []
  }

  /// The method on a page.
  var card: String {
    var lines = ["\(name): \(summary)", "source      \(source)"]
    guard kind == .selection else {
      lines.append(
        #"set by      {"training": {"objective": {"advantage": "\#(name)"}}} in a configuration file"#
      )
      return lines.map { $0 + "\n" }.joined()
    }
    let isDrawn = draws == true
    switch rule {
    case .proportional: lines.append("batch       sampled in proportion to the scores")
    default: lines.append("batch       the largest \(isDrawn ? "drawn scores" : "scores")")
    }
    lines.append(
      "scored by   \(keepsState == true ? "a state that the method keeps" : "the prompt's belief")"
    )
    lines.append("candidates  \(candidates ?? "")")
    lines.append("probes      \(probeShare ?? 0) of every batch")
    lines.append("filter      \(filter?.plainText ?? "none")")
    lines.append("stages      \(stages?.plainText ?? "none")")
    lines.append("settings")
    let width = settings.map(\.flag.count).max() ?? 0
    for setting in settings {
      let name = setting.flag + String(repeating: " ", count: width - setting.flag.count)
      let isOff = setting.path.count == 3 && belief?[setting.path[1]] == .null
      let choices = setting.choices.isEmpty ? "" : "  (\(setting.choices.joined(separator: ", ")))"
      lines.append("  \(name)  \(setting.value.plainText)\(choices)\(isOff ? "  (off unless set)" : "")")
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
