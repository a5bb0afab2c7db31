/// Which Countdown problems to make.
public struct CountdownConfiguration: GeneratorConfiguration {
  /// Problems to train on; the paper has 2,000.
  public var trainCount = 2_000
  /// Problems to evaluate on, none of which is trained on; the paper has 512.
  public var heldOutCount = 512
  /// How many numbers a problem has; 3 and 4 in the paper.
  ///
  /// Sizes take turns, so each has an equal share.
  public var sizes = [3, 4]
  /// The range of the numbers; the paper has 1 to 99.
  public var numbers = 1...99
  /// The range of the targets; the paper has 10 to 99.
  public var targets = 10...99
  /// The seed: the same seed gives the same sets.
  public var seed: UInt64 = 0

  /// The paper's setting.
  public init() {}

  /// Checks the rules that types cannot express.
  func validate() throws {
    try validate(sizes: 1...6)
    guard numbers.lowerBound >= 0 else { throw CountdownError.negativeNumber(numbers.lowerBound) }
  }
}
