import Foundation
import Insight
import InsightTesting

/// The README's example, as somebody else's program.
@main
struct Consumer {
  static func main() throws {
    // A pool of prompts, whose true success rates nobody knows.
    let rates = Dictionary(uniqueKeysWithValues: (0..<500).map { ("prompt-\($0)", Double($0) / 500) })
    let prompts = rates.keys.sorted()
    // What is known beforehand: a rough level of each.
    let levels = prompts.map { "level-\(Int(rates[$0, default: 0] * 5))" }
    var selector = try Selector(pool: prompts, domains: levels, seed: 7)
    var random = SystemRandomNumberGenerator()

    for step in 1...40 {
      let picks = try selector.select(32)
      var withSignal = 0
      for pick in picks {
        // Roll the prompt out K times and verify the answers; here a coin stands in for both.
        let outcomes = (0..<pick.rollouts).map { _ in
          Double.random(in: 0..<1, using: &random) < rates[pick.id, default: 0] ? 1.0 : 0.0
        }
        if outcomes.contains(1), outcomes.contains(0) { withSignal += 1 }
        try selector.report(pick.ticket, outcomes: outcomes, policyVersion: step)
      }
      if step.isMultiple(of: 10) { print("step \(step): \(withSignal) of 32 groups carried signal") }
    }

    // The whole state is a value: save it, and the restored selector has the very same future.
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).insight").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try selector.save(to: path)
    var resumed = try Selector(contentsOf: path)
    let sameFuture = try selector.select(32) == resumed.select(32)
    print("resumed selector picks the same: \(sameFuture)")
    guard sameFuture else { throw ExitFailure() }
    try checkOwnMethod()
  }

  /// A method of this package: used as it is, then registered so that configurations and snapshots can name
  /// it.
  static func checkOwnMethod() throws {
    var method = Hopefulness()
    method.bonus = 2
    var selector = try Selector(
      pool: ["a", "b", "c"],
      configuration: SelectorConfiguration(acquisition: method, candidates: .wholePool),
      seed: 1
    )
    try selector.observe("a", outcomes: [0, 0, 0, 0], policyVersion: 1)
    guard try selector.select(2).map(\.id).sorted() == ["b", "c"] else { throw ExitFailure() }

    try Acquisitions.register(Hopefulness.self)
    let configuration = try SelectorConfiguration(
      json: #"{"method": "hopefulness", "parameters": {"bonus": 3}, "candidates": "all"}"#
    )
    guard (configuration.acquisition as? Hopefulness)?.bonus == 3 else { throw ExitFailure() }
    let violations = checkAcquisition(method) + checkSelector(configuration)
    for violation in violations { print(violation) }
    guard violations.isEmpty else { throw ExitFailure() }
    print("a method from outside keeps the laws of methods and selectors")
  }

  struct ExitFailure: Error {}
}
