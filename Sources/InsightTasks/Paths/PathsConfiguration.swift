/// Which problems of paths to make.
public struct PathsConfiguration: GeneratorConfiguration {
  /// The most edges of a dead end.
  static let branchLimit = 20

  /// Problems to train on.
  public var trainCount = 2_000
  /// Problems to evaluate on, none of which is trained on.
  public var heldOutCount = 512
  /// How many edges the path has.
  ///
  /// Sizes take turns, so each has an equal share; a size that is listed twice has two.
  public var sizes = Array(2...7)
  /// How many edges a dead end has; one leaves every node of the path but the goal.
  public var branches = 1...2
  /// The nodes that problems choose theirs from.
  public var nodes = 0...29
  /// The seed: the same seed gives the same sets.
  public var seed: UInt64 = 0

  /// Paths of two to seven edges, with dead ends of one or two.
  public init() {}

  /// Checks the rules that types cannot express.
  func validate() throws {
    try validate(sizes: 1...20)
    guard (0...Self.branchLimit).contains(branches.lowerBound), branches.upperBound <= Self.branchLimit else {
      throw PathsError.branches(branches)
    }
    guard nodes.lowerBound >= 0 else { throw PathsError.negativeNode(nodes.lowerBound) }
    let size = sizes.max() ?? 0
    let needed = size + 1 + size * branches.upperBound
    // The range may reach from 0 to the largest number, so its count need not be one.
    guard nodes.upperBound - nodes.lowerBound >= needed - 1 else {
      throw PathsError.tooFewNodes(nodes.upperBound - nodes.lowerBound + 1, needed: needed)
    }
  }
}
