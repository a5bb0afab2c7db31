/// A key that is known only while the program runs: a member's name, or a position in a list.
struct AnyKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(intValue: Int) {
    stringValue = "\(intValue)"
    self.intValue = intValue
  }

  /// Where the value for a class's superclass, or for another `superDecoder`, is kept.
  static let parent = AnyKey(stringValue: "super")
}
