/// A law that does not hold, with the first case that breaks it.
///
/// Checks return violations instead of recording them, so that they work with every test library:
/// ```swift
/// import InsightTesting
/// import Testing
///
/// @Test func `my method keeps the laws`() {
///   #expect(checkAcquisition(MyMethod()) == [])
/// }
/// ```
public struct LawViolation: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was checked, such as the name of a method.
  public let subject: String
  /// The law, as a sentence.
  public let law: String
  /// The case that breaks it.
  public let example: String

  /// A violation from its parts.
  public init(_ subject: String, breaks law: String, example: String) {
    self.subject = subject
    self.law = law
    self.example = example
  }

  /// One line with everything.
  public var description: String { "\(subject): \(law). Broken by \(example)" }
}

/// Collects violations, one for each law.
struct Laws {
  let subject: String
  private(set) var violations: [LawViolation] = []

  init(of subject: String) {
    self.subject = subject
  }

  /// Records that `law` is broken, unless it is recorded already or `holds`.
  mutating func check(_ holds: Bool, _ law: String, _ example: @autoclosure () -> String) {
    if holds || violations.contains(where: { $0.law == law }) { return }
    violations.append(LawViolation(subject, breaks: law, example: example()))
  }
}
