/// Which sorting problems to make.
public struct SortingConfiguration: GeneratorConfiguration {
  /// Problems to train on.
  public var trainCount = 2_000
  /// Problems to evaluate on, none of which is trained on.
  public var heldOutCount = 512
  /// How many numbers a problem has.
  ///
  /// Sizes take turns, so each has an equal share; a size that is listed twice has two.
  public var sizes = Array(2...10)
  /// The range of the numbers.
  public var numbers = 0...19
  /// The seed: the same seed gives the same sets.
  public var seed: UInt64 = 0

  /// Two to ten numbers below twenty.
  public init() {}

  /// Checks the rules that types cannot express.
  func validate() throws {
    try validate(sizes: 1...SortingProblem.sizeLimit)
    guard numbers.lowerBound >= 0 else { throw SortingError.negativeNumber(numbers.lowerBound) }
  }
}
