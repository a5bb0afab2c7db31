import Foundation
import Insight
import InsightTasks
import InsightTesting

/// The example of docs/swift-and-c.md, as somebody else's program with a method and a task.
@main
struct Consumer {
  static func main() async throws {
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
    try await checkOwnTask()
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

  /// A task of this package, registered so that a program with the commands of InSight has it.
  static func checkOwnTask() async throws {
    try Tasks.register(Parity.self)
    guard let task = Tasks.named("parity"), Tasks.all.contains(where: { $0 == task }) else {
      throw ExitFailure()
    }
    var violations = try await checkRegisteredTask(task)
    let problems = (0..<20).map { Parity.Problem(id: "p\($0)", number: $0) }
    violations += try await checkTask(
      Parity(format: .bare),
      on: problems.map { ($0, $0.number.isMultiple(of: 2) ? "even" : "odd") }
    )
    for violation in violations { print(violation) }
    guard violations.isEmpty else { throw ExitFailure() }
    print("a task from outside keeps the laws of tasks")
  }

  struct ExitFailure: Error {}
}
