import InsightTasks
import Testing

@Suite struct DomainLabelsTests {
  /// The labels of the pool's 600 problems by their ids, and the domains that the task gives them, in order.
  private func labelled<Challenge: GeneratesProblems>(
    _ type: Challenge.Type,
    _ labels: DomainLabels,
    seed: UInt64
  ) throws -> (labels: [String], own: [String]) {
    var settings = Challenge.Generation()
    (settings.trainCount, settings.heldOutCount) = (600, 20)
    let sets = try Challenge.generatedSets(settings)
    let task = Challenge(format: .compact)
    let domains = labels.domains(of: sets.train, by: task, seed: seed)
    let relabelled = RelabelledTask(task, domains: domains)
    #expect(sets.heldOut.map(relabelled.domain) == sets.heldOut.map(task.domain))
    return (sets.train.map(relabelled.domain), sets.train.map(task.domain))
  }

  @Test(arguments: TaskLawsTests.names)
  func `shuffled labels are as frequent as before, and say nothing`(name: String) throws {
    let task = try #require(Tasks.named(name) as? any GeneratesProblems.Type)
    let (labels, own) = try labelled(task, .shuffled, seed: 4)
    #expect(labels.sorted() == own.sorted())
    // By chance a label stays as often as two problems share a domain; five standard deviations at most.
    let stayed = Double(zip(labels, own).count { $0 == $1 })
    let frequencies = Dictionary(grouping: own) { $0 }.values.map { Double($0.count) / 600 }
    let chance = frequencies.reduce(0) { $0 + $1 * $1 }
    #expect(abs(stayed - 600 * chance) < 5 * (600 * chance * (1 - chance)).squareRoot())
    #expect(try labelled(task, .shuffled, seed: 4).labels == labels)
    #expect(try labelled(task, .shuffled, seed: 5).labels != labels)
    let unchanged = try labelled(task, .own, seed: 4)
    #expect(unchanged.labels == unchanged.own)
  }

  @Test func `a relabelled task is the task in all but its domains`() async throws {
    let problem = try SortingProblem(numbers: [7, 3])
    let task = SortingTask(format: .bare)
    let relabelled = RelabelledTask(task, domains: ["7,3": "sort-9"])
    #expect(relabelled.domain(of: problem) == "sort-9" && task.domain(of: problem) == "sort-2")
    #expect(RelabelledTask<SortingTask>.name == "sorting")
    #expect(relabelled.prompt(for: problem) == "7,3:")
    #expect(relabelled.verify("3,7", for: problem) == task.verify("3,7", for: problem))
    let verdicts = await relabelled.verify([Answer("7,3", for: problem)], timeLimit: .seconds(60))
    #expect(verdicts == [task.verify("7,3", for: problem)])
  }
}
