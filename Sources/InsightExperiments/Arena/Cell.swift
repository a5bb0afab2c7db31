/// What is chosen for a method in a regime: the learning rate and, where there is a grid, K and M.
public struct Cell: Codable, Hashable, Sendable, Comparable {
  /// The learning rate after warm-up.
  public var learningRate: Double
  /// K, rollouts of a prompt; `nil` where the regime or the method sets it.
  public var rolloutsPerPrompt: Int?
  /// M, prompts of a step and of an update; `nil` where the regime or the method sets it.
  public var promptsPerStep: Int?

  /// A cell from its parts.
  public init(learningRate: Double, rolloutsPerPrompt: Int? = nil, promptsPerStep: Int? = nil) {
    self.learningRate = learningRate
    self.rolloutsPerPrompt = rolloutsPerPrompt
    self.promptsPerStep = promptsPerStep
  }

  /// As part of a folder's name, such as `rate-0.0001` or `rate-0.0001-k8-m32`.
  var name: String {
    let size = [("k", rolloutsPerPrompt), ("m", promptsPerStep)]
    return "rate-\(learningRate)" + size.map { key, value in value.map { "-\(key)\($0)" } ?? "" }.joined()
  }

  /// Whether K and M are the same.
  func hasSize(of other: Cell) -> Bool {
    rolloutsPerPrompt == other.rolloutsPerPrompt && promptsPerStep == other.promptsPerStep
  }

  /// By learning rate, then by K, then by M.
  public static func < (one: Cell, other: Cell) -> Bool {
    (one.learningRate, one.rolloutsPerPrompt ?? 0, one.promptsPerStep ?? 0)
      < (other.learningRate, other.rolloutsPerPrompt ?? 0, other.promptsPerStep ?? 0)
  }
}
