internal import InsightJSON

/// The name of a prompt or of a domain in a file: text, or a whole number, which becomes the text of its
/// digits.
///
/// The Python package reads a data set's whole numbers as ids in the same way.
package struct RowName: Decodable {
  /// The name.
  package let text: String

  package init(from decoder: any Decoder) throws {
    switch try decoder.singleValueContainer().decode(JSONValue.self) {
    case .text(let text): self.text = text
    case .integer(let number): text = "\(number)"
    case .number(let number) where Int128(exactly: number) != nil: text = JSONValue.number(number).description
    case let other:
      throw DecodingError.mismatch(other, expected: "text or a whole number", at: decoder.codingPath)
    }
  }
}
