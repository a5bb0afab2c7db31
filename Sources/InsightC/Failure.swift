internal import CInsight
internal import Insight

/// Why a call cannot be carried out, for C code.
struct Failure: Error {
  let status: Int
  let message: String

  static func unknown(_ number: UInt64) -> Failure {
    Failure(
      status: INSIGHT_UNKNOWN_SELECTOR,
      message: "there is no selector \(number); it was never made, or it was destroyed"
    )
  }

  static func argument(_ message: String) -> Failure {
    Failure(status: INSIGHT_INVALID_ARGUMENT, message: message)
  }

  init(status: Int, message: String) {
    self.status = status
    self.message = message
  }

  init(status: some BinaryInteger, message: String) {
    self.init(status: Int(status), message: message)
  }

  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as SelectionError: self.init(status: Self.status(of: error), message: error.description)
    case let error as ConfigurationError: self.init(status: INSIGHT_CONFIGURATION, message: error.description)
    default: self.init(status: INSIGHT_INVALID_ARGUMENT, message: "\(error)")
    }
  }

  private static func status(of error: SelectionError) -> Int {
    switch error {
    case .emptyPool, .duplicatePrompt, .emptyIdentifier, .poolTooLarge, .identifierTooLong, .domainCount,
      .tooManyDomains, .unknownDomain:
      Int(INSIGHT_POOL)
    case .configuration: Int(INSIGHT_CONFIGURATION)
    case .negativeCount, .rollouts, .notEnoughCandidates, .candidateSetTooSmall, .stagesOfConfiguredRollouts:
      Int(INSIGHT_SELECTION)
    case .unknownPrompt, .offlineEvidence, .alreadyVisited, .referencesUnused, .unknownTicket, .outcome,
      .tooManyOutcomes, .fewerOutcomes, .changedOutcomes, .policyVersionMissing, .policyVersion:
      Int(INSIGHT_REPORT)
    case .snapshot, .file: Int(INSIGHT_SNAPSHOT)
    }
  }
}
