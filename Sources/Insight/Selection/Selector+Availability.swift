// A prompt that becomes free or is taken changes three values, which agree only because no one changes them
// elsewhere.
extension Selector {
  /// How many prompts can be chosen now, those set aside as solved left out.
  var freeCount: Int { pool.count - reservations.unavailable.count }

  mutating func makeUnavailable(_ position: Int) {
    guard reservations.close(position) else { return }
    scoreBook.markUnavailable(position)
    if let domain = domains?.numbers[position] { domainAccounts?.free[Int(domain)] -= 1 }
  }

  mutating func makeAvailable(_ position: Int) {
    guard reservations.open(position) else { return }
    scoreBook.markStale(position)
    if let domain = domains?.numbers[position] { domainAccounts?.free[Int(domain)] += 1 }
  }

  /// The belief at `position` changed, so that its score has to be computed again.
  mutating func refresh(_ position: Int) {
    if reservations.isFree(position) { scoreBook.markStale(position) }
  }
}
