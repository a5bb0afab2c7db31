/// A Countdown problem: make the target from the numbers, each used exactly once.
///
/// Its JSON form is a row of the public Countdown sets, `{"nums": [3, 5, 7], "target": 22}`, with the id
/// under `id`; a row without one gets the id of its content.
public struct CountdownProblem: TaskProblem {
  /// The name beliefs are kept under, such as `3,5,7=22` for the numbers 5, 3, 7 and the target 22.
  public let id: String
  /// The numbers in the order in which a prompt states them; at least one, none negative, repeats allowed.
  public let numbers: [Int]
  /// The value to make.
  public let target: Int

  /// A problem; without an `id` it gets that of its content.
  /// - Throws: `CountdownError` if there is no number, a number is negative or the id is empty.
  public init(numbers: [Int], target: Int, id: String? = nil) throws(CountdownError) {
    guard !numbers.isEmpty else { throw .noNumbers }
    if let negative = numbers.first(where: { $0 < 0 }) { throw .negativeNumber(negative) }
    guard id?.isEmpty != true else { throw .emptyIdentifier }
    self.init(checked: numbers, target: target, id: id)
  }

  /// A problem whose numbers are known to be valid.
  init(checked numbers: [Int], target: Int, id: String? = nil) {
    self.id = id ?? Self.identifier(numbers: numbers, target: target)
    self.numbers = numbers
    self.target = target
  }

  /// The id that a row without one gets.
  public var contentID: String { Self.identifier(numbers: numbers, target: target) }

  /// The id of a problem's content: the sorted numbers, `=` and the target.
  ///
  /// Problems that differ only in the order of their numbers have one id, since they have the same answers.
  public static func identifier(numbers: [Int], target: Int) -> String {
    var text = ""
    for number in numbers.sorted() {
      if !text.isEmpty { text += "," }
      text += String(number)
    }
    return text + "=" + String(target)
  }
}

extension CountdownProblem: Codable {
  private enum CodingKeys: String, CodingKey {
    case id
    case numbers = "nums"
    case target
  }

  /// Reads `nums`, `target` and, if present, `id`; other keys are ignored.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let numbers = try container.decode([Int].self, forKey: .numbers)
    let target = try container.decode(Int.self, forKey: .target)
    let id = try container.decodeIfPresent(RowName.self, forKey: .id)?.text
    do {
      try self.init(numbers: numbers, target: target, id: id)
    } catch {
      throw DecodingError.dataCorrupted(
        .init(codingPath: container.codingPath, debugDescription: error.description, underlyingError: error)
      )
    }
  }
}
