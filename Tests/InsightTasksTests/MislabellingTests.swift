import InsightNumerics
import Testing

@testable import InsightTasks

@Suite struct MislabellingTests {
  private func small<Configuration: GeneratorConfiguration>(_ type: Configuration.Type) -> Configuration {
    var configuration = Configuration()
    (configuration.trainCount, configuration.heldOutCount, configuration.seed) = (60, 20, 5)
    return configuration
  }

  @Test func `half of the Countdown targets are out of reach, the rest are as they were`() throws {
    let generator = try CountdownGenerator(small(CountdownConfiguration.self))
    let sets = try generator.sets()
    let held = Set(sets.heldOut.map(\.id))
    let wrong = try generator.mislabelling(0.5, of: sets.train, excluding: held)
    var random = SeededGenerator(seed: 0)
    var changed = 0
    for (before, after) in zip(sets.train, wrong) {
      #expect(after.numbers == before.numbers && after.id == after.contentID)
      #expect((10...99).contains(after.target))
      let isReachable = CountdownSolver.solution(for: after, using: &random) != nil
      #expect(isReachable == (after == before))
      changed += after == before ? 0 : 1
    }
    #expect(changed == 30)
    #expect(Set(wrong.map(\.id)).count == 60 && held.isDisjoint(with: wrong.map(\.id)))
  }

  @Test func `a third of the sorting labels are wrong, under the ids they had`() throws {
    let generator = try SortingGenerator(small(SortingConfiguration.self))
    let sets = try generator.sets()
    let wrong = try generator.mislabelling(1.0 / 3, of: sets.train)
    let task = SortingTask(format: .bare)
    #expect(wrong.map(\.id) == sets.train.map(\.id))
    #expect(zip(sets.train, wrong).count { $0 != $1 } == 20)
    for (before, after) in zip(sets.train, wrong) where before != after {
      let right = SortingProblem.text(of: after.numbers.sorted())
      #expect(task.verify(right, for: after).outcome == 0)
      #expect(after.answer.count == after.numbers.count)
    }
  }

  @Test func `half of the goals that are checked cannot be reached, under the ids they had`() throws {
    let generator = try PathsGenerator(small(PathsConfiguration.self))
    let sets = try generator.sets()
    let wrong = try generator.mislabelling(0.5, of: sets.train)
    #expect(wrong.map(\.id) == sets.train.map(\.id))
    #expect(zip(sets.train, wrong).count { $0 != $1 } == 30)
    for (before, after) in zip(sets.train, wrong) where before != after {
      #expect(after.edges == before.edges && after.goal == before.goal && after.length == before.length)
      let distances = PathsDistances(from: after.start, along: after.edges)
      #expect(distances.length(to: after.label) == nil && ("a"..."t").contains(after.label))
    }
  }

  @Test func `one seed mislabels the same problems the same way, another does not`() throws {
    var configuration = small(SortingConfiguration.self)
    let problems = try SortingGenerator(configuration).sets().train
    let first = try SortingGenerator(configuration).mislabelling(0.5, of: problems)
    #expect(try SortingGenerator(configuration).mislabelling(0.5, of: problems) == first)
    configuration.seed += 1
    #expect(try SortingGenerator(configuration).mislabelling(0.5, of: problems) != first)
    #expect(try SortingGenerator(configuration).mislabelling(0, of: problems) == problems)
    let all = try SortingGenerator(configuration).mislabelling(1, of: problems)
    #expect(zip(all, problems).allSatisfy { $0 != $1 })
  }

  @Test func `an id that a problem was given stays`() throws {
    let generator = try CountdownGenerator()
    let problem = try CountdownProblem(numbers: [3, 5, 7], target: 22, id: "mine")
    let wrong = try #require(try generator.mislabelling(1, of: [problem]).first)
    #expect(wrong.id == "mine" && wrong.target != 22)
  }

  @Test func `a share that is none, and labels that cannot be wrong, are refused`() throws {
    var configuration = small(SortingConfiguration.self)
    configuration.numbers = 4...4
    let problem = try SortingProblem(numbers: [4])
    for share in [-0.1, 1.1, .infinity] {
      #expect(throws: GeneratorError.share(share)) {
        try SortingGenerator(configuration).mislabelling(share, of: [problem])
      }
    }
    #expect(throws: GeneratorError.noWrongLabel(id: "4")) {
      try SortingGenerator(configuration).mislabelling(1, of: [problem])
    }
    #expect(throws: GeneratorError.self) {
      try SortingGenerator(configuration).mislabelling(.nan, of: [problem])
    }
  }
}
