internal import InsightText

/// Why a selector could not be made or refused a call; its state is then as before.
public enum SelectionError: Error, Hashable, CustomStringConvertible {
  /// The pool has no prompt.
  case emptyPool
  /// Two prompts of the pool have one id.
  case duplicatePrompt(id: String, first: Int, second: Int)
  /// A prompt's id is the empty string.
  case emptyIdentifier(position: Int)
  /// The pool has 2³¹ − 1 prompts, and one more was added.
  case poolTooLarge
  /// A prompt's id, with those around it, is longer than 4 GiB.
  case identifierTooLong(position: Int)
  /// Domains were given for another number of prompts.
  case domainCount(domains: Int, prompts: Int)
  /// There are more than 65,536 domains.
  case tooManyDomains
  /// A rule is for a domain that no prompt has.
  case unknownDomain(String, known: [String])
  /// The configuration is not possible.
  case configuration(ConfigurationError)
  /// A batch of a negative size was asked for.
  case negativeCount(Int)
  /// A pick was asked for with K below 1 or above 100,000.
  case rollouts(Int)
  /// More prompts were asked for than are free.
  case notEnoughCandidates(requested: Int, available: Int, pending: Int)
  /// The configured candidate set is smaller than the batch.
  case candidateSetTooSmall(candidates: Int, requested: Int)
  /// No prompt of the pool has this id.
  case unknownPrompt(String)
  /// Offline counts contradict each other.
  case offlineEvidence(id: String, successes: Double, rollouts: Double, weight: Double)
  /// Offline evidence came for a prompt that was reported on already.
  case alreadyVisited(String)
  /// Reference pass rates were given, and the belief does not use them.
  case referencesUnused
  /// The selector never issued this ticket.
  case unknownTicket(Ticket)
  /// An outcome is outside [0, 1].
  case outcome(OutcomeError)
  /// A group has more outcomes than its pick's K allows.
  case tooManyOutcomes(count: Int, rollouts: Int, slack: Int)
  /// A group has fewer outcomes than were learned from already.
  case fewerOutcomes(count: Int, learned: Int)
  /// A group's first outcomes are not those that were learned from already.
  case changedOutcomes(learned: Int)
  /// A pick was asked for with another K than that of the configuration's stages.
  case stagesOfConfiguredRollouts(Int)
  /// The method counts policy versions, and the report does not say which version was rolled out.
  case policyVersionMissing
  /// The policy's version is negative or above 2³¹ − 1.
  case policyVersion(Int)
  /// A snapshot contradicts itself or is of another format.
  case snapshot(String)
  /// A snapshot's file cannot be read or written.
  case file(path: String, reason: String)

  /// A sentence that says what was wrong, what was expected and what to do.
  public var description: String {
    switch self {
    case .emptyPool:
      "the pool is empty; give at least one prompt id"
    case .duplicatePrompt(let id, let first, let second):
      "prompts \(first) and \(second) both have the id '\(id.shown())'; ids must be unique, since beliefs are kept by id"
    case .emptyIdentifier(let position):
      "prompt \(position) has an empty id; give every prompt its own stable id"
    case .poolTooLarge:
      "the pool is full: it can have 2³¹ − 1 prompts"
    case .identifierTooLong(let position):
      "the id of prompt \(position) is too long; ids are names, not texts"
    case .domainCount(let domains, let prompts):
      "\(domains) domains were given for \(prompts) prompts; give one for each, or none"
    case .tooManyDomains:
      "there are more than 65,536 domains; a domain is a group of many prompts, such as a data source"
    case .unknownDomain(let name, let known):
      known.isEmpty
        ? "there is a rule for domain '\(name.shown())', but the prompts have no domains"
        : "no prompt has the domain '\(name.shown())'; there are \(known.map { $0.shown() }.joined(separator: ", "))"
    case .configuration(let error):
      error.description
    case .negativeCount(let count):
      "\(count) prompts were asked for; ask for 0 or more"
    case .rollouts(let value):
      "a pick with \(value) rollouts was asked for; ask for 1 to 100,000"
    case .notEnoughCandidates(let requested, let available, let pending):
      "\(requested) prompts were asked for, \(available) are free (\(pending) are pending); "
        + "report or abandon pending picks, or ask for fewer"
    case .candidateSetTooSmall(let candidates, let requested):
      "\(requested) prompts were asked for from a candidate set of \(candidates); configure a larger set"
    case .unknownPrompt(let id):
      "no prompt of the pool has the id '\(id.shown())'"
    case .offlineEvidence(let id, let successes, let rollouts, let weight):
      "offline evidence of '\(id.shown())' is \(successes) of \(rollouts) with weight \(weight); expected "
        + "0 ≤ successes ≤ rollouts and a weight in [0, 1]"
    case .alreadyVisited(let id):
      "prompt '\(id.shown())' was reported on already; give offline evidence before training starts"
    case .referencesUnused:
      "reference pass rates need implicit evidence in the belief's dynamics, as in the method 'bots'"
    case .unknownTicket(let ticket):
      "ticket \(ticket.rawValue) was never issued by this selector"
    case .outcome(let error):
      error.description
    case .tooManyOutcomes(let count, let rollouts, let slack):
      "\(count) outcomes were reported for a pick of \(rollouts) rollouts (slack \(slack))"
    case .fewerOutcomes(let count, let learned):
      "\(count) outcomes were reported for a group of which \(learned) are learned from; report all outcomes of the "
        + "group so far, in their order, with NaN for a missing one"
    case .changedOutcomes(let learned):
      "the first \(learned) outcomes are not those that were reported of this group before; report all outcomes of the "
        + "group so far, in their order"
    case .stagesOfConfiguredRollouts(let rollouts):
      "a pick was asked for with its own number of rollouts, and the configuration's stages divide K = \(rollouts); "
        + "leave the number out"
    case .policyVersionMissing:
      "this configuration counts policy versions; pass one, such as the training step, with every report"
    case .policyVersion(let version):
      "policy version \(version) is outside 0 … \(Int32.max)"
    case .snapshot(let reason):
      "the snapshot cannot be restored: \(reason)"
    case .file(let path, let reason):
      "\(path.escaped): \(reason)"
    }
  }
}
