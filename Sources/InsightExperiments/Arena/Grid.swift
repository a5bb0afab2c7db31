/// The K and the M that every learning rate is tried with.
public struct Grid: Codable, Hashable, Sendable {
  /// K, rollouts of a prompt.
  public var rollouts: [Int]
  /// M, prompts of a step; prompts of an update follow it.
  public var promptsPerStep: [Int]

  /// A grid from its sides.
  public init(rollouts: [Int], promptsPerStep: [Int]) {
    self.rollouts = rollouts
    self.promptsPerStep = promptsPerStep
  }

  /// How many pairs of K and M it has.
  var count: Int { rollouts.count * promptsPerStep.count }

  /// Each of `rates` with each pair of K and M.
  func cells(_ rates: [Double]) -> [Cell] {
    rollouts.flatMap { rollouts in
      promptsPerStep.flatMap { prompts in
        rates.map { Cell(learningRate: $0, rolloutsPerPrompt: rollouts, promptsPerStep: prompts) }
      }
    }
  }

  /// The pair in the middle of both sides, with `rate`.
  func middle(_ rate: Double) -> Cell {
    Cell(
      learningRate: rate,
      rolloutsPerPrompt: rollouts.sorted()[rollouts.count / 2],
      promptsPerStep: promptsPerStep.sorted()[promptsPerStep.count / 2]
    )
  }

  /// Refuses sides that are empty or name a size twice, and sizes below 1; `name` is what errors call it.
  func validate(_ name: String) throws(ArenaError) {
    for (side, values) in [("rollouts", rollouts), ("promptsPerStep", promptsPerStep)] {
      guard !values.isEmpty, values.allSatisfy({ $0 > 0 }), Set(values).count == values.count else {
        throw .value(
          name: "\(name), \(side)",
          value: "\(values)",
          expected: "one or more whole numbers above 0, each once"
        )
      }
    }
  }
}
