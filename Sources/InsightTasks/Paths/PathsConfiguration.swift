/// Which problems of paths to make.
public struct PathsConfiguration: GeneratorConfiguration {
  /// Problems to train on.
  public var trainCount = 2_000
  /// Problems to evaluate on, none of which is trained on.
  public var heldOutCount = 512
  /// How many edges the path has.
  ///
  /// Sizes take turns, so each has an equal share; a size that is listed twice has two.
  public var sizes = Array(2...9)
  /// How many edges a dead end has; one leaves every node of the path but the goal.
  public var branches = 1...1
  /// How many letters of the alphabet problems choose their nodes from.
  public var letters = 20
  /// The seed: the same seed gives the same sets.
  public var seed: UInt64 = 0

  /// Paths of two to nine edges, with dead ends of one.
  public init() {}

  /// Checks the rules that types cannot express.
  func validate() throws {
    let limit = PathsProblem.nodeLimit
    try validate(sizes: 1...limit - 1)
    guard branches.lowerBound >= 0, branches.upperBound <= limit else { throw PathsError.branches(branches) }
    let size = sizes.max() ?? 0
    let needed = size + 1 + size * branches.upperBound
    guard needed <= letters, letters <= limit else { throw PathsError.letters(letters, needed: needed) }
  }
}
