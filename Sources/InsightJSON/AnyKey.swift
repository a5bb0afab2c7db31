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

  /// The key of a class's superclass, or of another `superDecoder`.
  static let parent = AnyKey(stringValue: "super")
}
