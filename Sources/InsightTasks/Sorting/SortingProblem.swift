/// A sorting problem: write the numbers in ascending order, each as often as it is given.
///
/// Its JSON form is a row `{"nums": [7, 3, 12]}`, with the id under `id`, and under `answer` the stored
/// answer; a row without them gets the id of its content and the right answer.
public struct SortingProblem: TaskProblem {
  /// The most numbers of a problem.
  public static let sizeLimit = 1_000

  /// The name beliefs are kept under, such as `7,3,12`.
  public let id: String
  /// The numbers in the order in which a prompt states them; at least one, none negative, repeats allowed.
  public let numbers: [Int]
  /// The stored answer: the numbers in ascending order, unless the problem is mislabelled.
  public let answer: [Int]

  /// A problem; without an `id` it gets that of its content, and without an `answer` the right one.
  /// - Throws: `SortingError` if a list is empty or too long, a number is negative or the id is empty.
  public init(numbers: [Int], answer: [Int]? = nil, id: String? = nil) throws(SortingError) {
    guard !numbers.isEmpty else { throw .noNumbers }
    guard answer?.isEmpty != true else { throw .emptyAnswer }
    for list in [numbers, answer ?? []] {
      guard list.count <= Self.sizeLimit else { throw .tooManyNumbers(list.count) }
      if let negative = list.first(where: { $0 < 0 }) { throw .negativeNumber(negative) }
    }
    guard id?.isEmpty != true else { throw .emptyIdentifier }
    self.init(checked: numbers, answer: answer, id: id)
  }

  /// A problem whose numbers are known to be valid.
  init(checked numbers: [Int], answer: [Int]? = nil, id: String? = nil) {
    self.id = id ?? Self.text(of: numbers)
    self.numbers = numbers
    self.answer = answer ?? numbers.sorted()
  }

  /// The numbers in their order with commas between, such as `7,3,12`.
  ///
  /// The order counts: another order of the same numbers is another problem, solved or failed by itself. The
  /// label does not, so a mislabelled problem keeps its id.
  public var contentID: String { Self.text(of: numbers) }

  /// `numbers` with commas between.
  static func text(of numbers: [Int]) -> String {
    numbers.map(String.init).joined(separator: ",")
  }
}

extension SortingProblem: Codable {
  private enum CodingKeys: String, CodingKey {
    case id
    case numbers = "nums"
    case answer
  }

  /// Reads `nums` and, if present, `answer` and `id`; other keys are ignored.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let numbers = try container.decode([Int].self, forKey: .numbers)
    let answer = try container.decodeIfPresent([Int].self, forKey: .answer)
    let id = try container.decodeIfPresent(RowName.self, forKey: .id)?.text
    do {
      try self.init(numbers: numbers, answer: answer, id: id)
    } catch {
      throw DecodingError.dataCorrupted(
        .init(codingPath: container.codingPath, debugDescription: error.description, underlyingError: error)
      )
    }
  }
}
