import Foundation
import InsightTasks
import InsightTesting
import InsightTraining
import Testing

@Suite struct PolicyLawsTests {
  private let problems = simulatedProblems(6)

  @Test func `the simulated policy keeps the laws of policies`() async throws {
    try await withTemporaryFolder { folder in
      let violations = try checkPolicy(
        SimulatedPolicy(problems: problems),
        loadingInto: SimulatedPolicy(problems: problems),
        on: problems.map { .text($0.id) },
        sampling: SamplingConfiguration(),
        learningRate: 0.5,
        directory: folder.path
      )
      #expect(violations == [])
    }
  }

  @Test func `the simulated task keeps the laws of tasks`() async throws {
    #expect(try await checkTask(SimulatedTask(), on: problems.map { ($0, "right") }) == [])
  }
}
