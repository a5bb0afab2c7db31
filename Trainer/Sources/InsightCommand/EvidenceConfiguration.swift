internal import Insight
internal import InsightCLI

/// What is known of prompts before training, as `config.json` of a run says it.
struct EvidenceConfiguration: Codable {
  /// Rows `{"prompt": "…", "successes": 3, "rollouts": 8}`; empty for none.
  var offlineFile = ""
  /// What an offline rollout counts against one of the policy in training, in [0, 1].
  var offlineWeight = 1.0
  /// Rows `{"prompt": "…", "weak": 0.2, "strong": 0.7}`; empty for none.
  var referencesFile = ""

  /// Tells `selector` what the files say.
  func apply(to selector: inout Selector) throws {
    try OutsideEvidence(
      offlineFile: offlineFile.isEmpty ? nil : offlineFile,
      offlineWeight: offlineWeight,
      referencesFile: referencesFile.isEmpty ? nil : referencesFile
    ).apply(to: &selector)
  }
}
