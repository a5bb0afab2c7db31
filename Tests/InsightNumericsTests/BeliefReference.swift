/// The values that Scripts/reference/beliefs.py computed with 60 digits.
struct BeliefReference: Decodable {
  struct Point: Decodable {
    let alpha: Double
    let beta: Double
    let x: Double
    let value: Double
  }

  struct Group: Decodable {
    let alpha: Double
    let beta: Double
    let rollouts: Int
    let value: Double
  }

  struct Weight: Decodable {
    let alpha: Double
    let beta: Double
    let eta: Double
    let mu: Double
    let value: Double
  }

  let cumulative: [Point]
  let distance: [Point]
  let signal: [Group]
  let weight: [Weight]

  static func load() throws -> BeliefReference {
    try decodeResource("beliefs", as: BeliefReference.self)
  }
}

/// The largest of some errors and where it occurred.
struct WorstError {
  var error = 0.0
  var place = "nowhere"

  mutating func record(_ error: Double, at place: @autoclosure () -> String) {
    // A comparison with NaN is false, so NaN is recorded, and for good.
    if !(error <= self.error) { (self.error, self.place) = (error, place()) }
  }
}
