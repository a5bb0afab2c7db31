public import InsightNumerics

/// The state of a method that repeats prompts: a part of every batch comes from a buffer that the state
/// keeps.
///
/// A selector takes the repeated prompts first, after the probes. It chooses the rest of the batch by the
/// state's values, as with any other method.
public protocol ReplayingState: MethodState {
  /// Takes prompts to repeat in a batch of `count`, best first and equal ones at random, and remembers them.
  /// - Parameters:
  ///   - count: M, probes left out.
  ///   - version: The newest policy version.
  ///   - isFree: Whether the prompt at a position can be chosen now.
  ///   - admits: Asked once for each prompt that would be taken; false where its domain's share is used up.
  ///   - generator: Decides between equal prompts.
  /// - Returns: positions, fewer than `count` or none where the buffer has no more.
  mutating func takeReplays(
    of count: Int,
    version: Int,
    isFree: (Int) -> Bool,
    admits: (Int) -> Bool,
    using generator: inout SeededGenerator
  ) -> [Int]
}
