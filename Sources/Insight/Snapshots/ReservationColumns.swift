/// ``Reservations`` as columns, in which a million pending picks take 16 MB and a tenth of a second.
struct ReservationColumns {
  /// Pending picks in ascending order of their tickets.
  let tickets: [UInt64]
  let positions: [Int32]
  let rollouts: [Int32]
  /// Prompts that are set aside, in ascending order of position, and the versions at which they come back.
  let setAside: [Int32]
  let setAsideUntil: [Int]

  init(from reader: inout SnapshotReader) throws {
    tickets = try reader.read()
    positions = try reader.read()
    rollouts = try reader.read()
    setAside = try reader.read()
    setAsideUntil = try reader.read()
  }

  var areOfOneLength: Bool {
    tickets.count == positions.count && tickets.count == rollouts.count
      && setAside.count == setAsideUntil.count
  }
}

extension Reservations {
  func write(to writer: inout SnapshotWriter) throws {
    let pending = inOrder
    try writer.write(pending.map(\.ticket.rawValue))
    try writer.write(pending.map { Int32($0.pick.position) })
    try writer.write(pending.map { Int32($0.pick.rollouts) })
    let aside = setAside.inOrder
    try writer.write(aside.map(\.position))
    try writer.write(aside.map(\.version))
  }
}
