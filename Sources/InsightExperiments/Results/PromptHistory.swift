internal import Foundation
internal import InsightTraining

/// Every visit to every prompt of one run, for looking from a trend down to a prompt: `history.json` in its
/// folder.
public struct PromptHistory: Codable, Hashable, Sendable {
  /// The run's seed.
  public let seed: UInt64
  /// The prompts that were visited or looked at in the end, by id.
  public let prompts: [Prompt]

  /// One prompt.
  public struct Prompt: Codable, Hashable, Sendable {
    /// Its id.
    public let id: String
    /// Its domain.
    public let domain: String?
    /// The final policy's success rate on it; `nil` where no verdict came.
    public let finalRate: Double?
    /// Step, successes, verdicts, α and β of the belief before them, and rollouts; `[visits][6]`.
    ///
    /// A rollout whose verdict is missing is neither right nor wrong. Version 0.1 has no sixth number, and
    /// its third one is the rollouts.
    public let visits: [[Double]]
  }

  init(of plan: RunPlan, in url: URL) throws {
    seed = plan.seed
    let groups: [GroupRow] = try JSONFile.rows(of: url.appendingPathComponent("groups.jsonl"))
    let file = url.appendingPathComponent("pool.jsonl")
    let pool: [PoolRecord] =
      FileManager.default.fileExists(atPath: file.path) ? try JSONFile.rows(of: file) : []
    let records = Dictionary(pool.map { ($0.prompt, $0) }) { first, _ in first }
    let visits = Dictionary(grouping: groups, by: \.prompt)
    prompts = Set(visits.keys).union(records.keys).sorted().map { id in
      Prompt(
        id: id,
        domain: records[id]?.domain,
        finalRate: records[id].flatMap {
          $0.rollouts > 0 ? Double($0.successes) / Double($0.rollouts) : nil
        },
        visits: (visits[id] ?? []).map {
          [
            Double($0.step), Double($0.successes), Double($0.verdicts), Self.short($0.alpha),
            Self.short($0.beta), Double($0.rollouts),
          ]
        }
      )
    }
  }

  /// Four digits after the point: for pictures, and a third of the size.
  private static func short(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }
}
