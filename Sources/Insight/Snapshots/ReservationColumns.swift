/// ``Reservations`` as columns, in which a million pending picks take 16 MB and a tenth of a second.
struct ReservationColumns {
  /// Pending picks in ascending order of their tickets.
  let tickets: [UInt64]
  let positions: [Int32]
  let rollouts: [Int32]
  /// Prompts that are set aside, in ascending order of position, and the versions at which they come back.
  let setAside: [Int32]
  let setAsideUntil: [Int]
  /// How far each pending pick's group has come; `nil` without stages.
  let stages: StageColumns?

  init(from reader: inout SnapshotReader, staged: Bool) throws {
    tickets = try reader.read()
    positions = try reader.read()
    rollouts = try reader.read()
    setAside = try reader.read()
    setAsideUntil = try reader.read()
    stages = staged ? try StageColumns(from: &reader) : nil
  }

  var areOfOneLength: Bool {
    tickets.count == positions.count && tickets.count == rollouts.count
      && setAside.count == setAsideUntil.count && stages?.areOfLength(tickets.count) ?? true
  }
}

extension Reservations {
  func write(to writer: inout SnapshotWriter, staged: Bool) throws {
    let pending = inOrder
    try writer.write(pending.map(\.ticket.rawValue))
    try writer.write(pending.map { Int32($0.pick.position) })
    try writer.write(pending.map { Int32($0.pick.rollouts) })
    let aside = setAside.inOrder
    try writer.write(aside.map(\.position))
    try writer.write(aside.map(\.version))
    if staged { try StageColumns(of: pending.map(\.pick.learned)).write(to: &writer) }
  }
}
