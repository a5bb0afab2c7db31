/// A reservation: names one pick of one selector until it is reported or abandoned.
public struct Ticket: RawRepresentable, Codable, Hashable, Comparable, Sendable {
  /// Tickets count up from 0 in the order of issue.
  public let rawValue: UInt64

  /// The ticket numbered `rawValue`.
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// Whether `lhs` was issued first.
  public static func < (lhs: Ticket, rhs: Ticket) -> Bool {
    lhs.rawValue < rhs.rawValue
  }
}

/// A prompt chosen for rolling out.
public struct Pick: Codable, Hashable, Sendable {
  /// Names the pick in `report` and `abandon`.
  public let ticket: Ticket
  /// The prompt's id.
  public let id: String
  /// The prompt's position in the pool.
  public let position: Int
  /// The rollouts to make: K, or those of the first stage.
  ///
  /// Of a pending pick: how many were asked for so far.
  public let rollouts: Int
  /// The acquisition value that the prompt was chosen by.
  public let acquisition: Double
  /// The belief that was scored.
  public let belief: BetaBelief
}

/// The effect of a report.
public enum Receipt: Hashable, Sendable {
  /// The outcomes are in the belief, which was `predicted` before the group and now is `belief`; `missing`
  /// rollouts had none.
  ///
  /// ``BeliefBaseline`` makes baselines of `predicted`.
  case recorded(predicted: BetaBelief, belief: BetaBelief, missing: Int)
  /// The ticket was reported or abandoned before; nothing changed.
  case alreadySettled
}
