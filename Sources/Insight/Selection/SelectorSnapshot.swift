internal import InsightNumerics

/// A selector's whole state, to be encoded wherever the caller keeps checkpoints.
public struct SelectorSnapshot: Codable, Sendable {
  /// The format that this version writes and reads.
  public static let formatVersion = 1

  /// The format it was written in.
  public let version: Int
  let configuration: SelectorConfiguration
  let prompts: [String]
  let alphas: [Double]
  let betas: [Double]
  let lastVisits: [Int32]
  let pending: [Pending]
  let nextTicket: Ticket
  let policyVersion: Int
  let missingOutcomes: Int
  let generator: SeededGenerator

  struct Pending: Codable, Hashable, Sendable {
    let ticket: Ticket
    let position: Int
    let rollouts: Int
  }

  init(
    configuration: SelectorConfiguration,
    prompts: [String],
    alphas: [Double],
    betas: [Double],
    lastVisits: [Int32],
    pending: [Pending],
    nextTicket: Ticket,
    policyVersion: Int,
    missingOutcomes: Int,
    generator: SeededGenerator
  ) {
    version = Self.formatVersion
    self.configuration = configuration
    self.prompts = prompts
    self.alphas = alphas
    self.betas = betas
    self.lastVisits = lastVisits
    self.pending = pending
    self.nextTicket = nextTicket
    self.policyVersion = policyVersion
    self.missingOutcomes = missingOutcomes
    self.generator = generator
  }

  /// Checks everything that the selector's own calls guarantee, since a snapshot may come from anywhere.
  func validate() throws(SelectionError) {
    guard version == Self.formatVersion else {
      throw .snapshot("it has format \(version), this version reads format \(Self.formatVersion)")
    }
    do { try configuration.validate() } catch { throw .configuration(error) }
    // Counts that no run reaches would overflow at the next call.
    guard (0..<(1 << 53)).contains(missingOutcomes), nextTicket.rawValue < 1 << 53,
      (0...Int(Int32.max)).contains(policyVersion)
    else {
      throw .snapshot("its counts are out of range")
    }
    let count = prompts.count
    guard alphas.count == count, betas.count == count, lastVisits.count == count else {
      throw .snapshot(
        "it has \(count) prompts but \(alphas.count) α, \(betas.count) β and \(lastVisits.count) last visits"
      )
    }
    for position in 0..<count {
      do { _ = try BetaBelief(alpha: alphas[position], beta: betas[position]) } catch {
        throw .snapshot("prompt \(position): \(error)")
      }
      guard (0...policyVersion).contains(Int(lastVisits[position])) else {
        throw .snapshot(
          "prompt \(position) was last visited at version \(lastVisits[position]) of \(policyVersion)"
        )
      }
    }
    var reserved: Set<Int> = []
    for pick in pending {
      guard pick.ticket < nextTicket, (0..<count).contains(pick.position), pick.rollouts >= 1,
        reserved.insert(pick.position).inserted
      else {
        throw .snapshot("its pending ticket \(pick.ticket.rawValue) does not fit the pool")
      }
    }
    guard Set(pending.map(\.ticket)).count == pending.count else {
      throw .snapshot("it lists a pending ticket twice")
    }
  }
}
