internal import ArgumentParser
internal import Foundation

/// Seeds as a user types them.
enum SeedRange {
  /// The seeds of a text such as `1-5` or `1,4,7-9`.
  static func seeds(of text: String) throws -> [UInt64] {
    try text.split(separator: ",", omittingEmptySubsequences: false).flatMap { part -> [UInt64] in
      let ends = part.split(separator: "-", omittingEmptySubsequences: false)
        .map { UInt64($0.trimmingCharacters(in: .whitespaces)) }
      guard
        let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
        last - first < 10_000
      else {
        throw ValidationError("--seeds is '\(text)', expected whole numbers and ranges such as 1-5 or 1,4,7")
      }
      return Array(first...last)
    }
  }
}
