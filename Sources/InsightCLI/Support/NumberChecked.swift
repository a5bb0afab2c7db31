/// A value that is decoded so that a number of the wrong kind is told apart from text that is no JSON.
///
/// Foundation calls both "not valid JSON" once decoding has ended; inside it they are different errors.
struct NumberChecked<Value: Decodable>: Decodable {
  private let result: Result<Value, NumberError>

  init(from decoder: any Decoder) throws {
    do {
      result = .success(try Value(from: decoder))
    } catch {
      guard !(error is DecodingError), let match = "\(error)".firstMatch(of: Self.unrepresentable) else {
        throw error
      }
      result = .failure(NumberError(text: String(match.1)))
    }
  }

  /// The value.
  /// - Throws: ``NumberError``.
  func get() throws(NumberError) -> Value { try result.get() }

  // The error's type is not public; where it is called otherwise, it stays what it was.
  private static var unrepresentable: Regex<(Substring, Substring)> {
    /numberIsNotRepresentableInSwift\(parsed: "(.*)"\)/
  }
}

/// A number that is not of the kind that is needed in its place.
struct NumberError: Error, Hashable, CustomStringConvertible {
  let text: String

  /// What was wrong and what was expected.
  var description: String {
    "has the number \(text) where it does not fit: expected a whole number, or a smaller one"
  }
}
