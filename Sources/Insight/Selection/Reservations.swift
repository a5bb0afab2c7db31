/// A pending pick: neither reported nor abandoned.
struct PendingPick: Hashable, Sendable {
  let position: Int
  /// How many rollouts were asked for so far, in all stages.
  var rollouts: Int
  /// What was learned of them; nothing, but for a group that is reported in stages.
  var learned = LearnedGroup()
}

/// Which prompts cannot be chosen now, and until when: those of pending picks, and those set aside as solved.
struct Reservations: Sendable {
  /// The picks that are neither reported nor abandoned.
  var pending: [Ticket: PendingPick] = [:]
  /// The ticket of the next pick; every lower one was issued.
  var nextTicket = Ticket(rawValue: 0)
  /// The prompts that are set aside as solved.
  var setAside = SetAside()
  /// The prompts of both kinds.
  private(set) var unavailable: BitSet

  /// `count` free prompts.
  init(count: Int) {
    unavailable = BitSet(count: count)
  }

  /// Whether the prompt at `position` can be chosen now.
  func isFree(_ position: Int) -> Bool { !unavailable.contains(position) }

  /// The pending pick of `ticket`, or `nil` if it is settled.
  ///
  /// Tickets count up. A lower one that is not pending was therefore reported or abandoned, and none of them
  /// needs remembering.
  /// - Throws: ``SelectionError/unknownTicket(_:)`` for a ticket that was never issued.
  func pendingPick(_ ticket: Ticket) throws(SelectionError) -> PendingPick? {
    guard ticket < nextTicket else { throw .unknownTicket(ticket) }
    return pending[ticket]
  }

  /// The pending picks in the order of issue.
  var inOrder: [(ticket: Ticket, pick: PendingPick)] {
    pending.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Issues a ticket for a pick.
  mutating func issue(_ pick: PendingPick) -> Ticket {
    let ticket = nextTicket
    pending[ticket] = pick
    nextTicket = Ticket(rawValue: ticket.rawValue + 1)
    return ticket
  }

  /// Whether the prompt was free; it no longer is.
  mutating func close(_ position: Int) -> Bool { unavailable.insert(position) }

  /// Whether the prompt was not free; it now is.
  mutating func open(_ position: Int) -> Bool { unavailable.remove(position) }
}
