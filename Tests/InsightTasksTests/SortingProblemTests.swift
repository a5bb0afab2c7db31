import Foundation
import InsightNumerics
import Testing

@testable import InsightTasks

@Suite struct SortingProblemTests {
  private let bare = SortingTask(format: .bare)

  private func read(_ text: String) throws(JSONLinesError) -> [SortingProblem] {
    var rest: [UInt8]? = Array(text.utf8)
    return try SortingProblem.read(
      JSONLines {
        defer { rest = nil }
        return rest
      }
    )
  }

  /// The description of the error that reading `text` throws.
  private func failure(_ text: String) -> String? {
    do throws(JSONLinesError) {
      _ = try read(text)
      return nil
    } catch {
      return error.description
    }
  }

  @Test func `an id names the numbers in their order, whatever the label`() throws {
    let problem = try SortingProblem(numbers: [7, 3, 12])
    #expect(problem.id == "7,3,12" && problem.answer == [3, 7, 12])
    #expect(try SortingProblem(numbers: [3, 7, 12]).id != problem.id)
    #expect(try SortingProblem(numbers: [7, 3, 12], answer: [1]).id == problem.id)
    #expect(try SortingProblem(numbers: [7], id: "mine").id == "mine")
  }

  @Test func `problems that cannot be are refused`() {
    #expect(throws: SortingError.noNumbers) { try SortingProblem(numbers: []) }
    #expect(throws: SortingError.negativeNumber(-3)) { try SortingProblem(numbers: [1, -3]) }
    #expect(throws: SortingError.negativeNumber(-1)) { try SortingProblem(numbers: [1], answer: [-1]) }
    #expect(throws: SortingError.emptyIdentifier) { try SortingProblem(numbers: [1], id: "") }
    #expect(throws: SortingError.emptyAnswer) { try SortingProblem(numbers: [1], answer: []) }
    #expect(throws: SortingError.tooManyNumbers(1_001)) {
      try SortingProblem(numbers: Array(repeating: 1, count: 1_001))
    }
  }

  @Test func `a problem is written as a row and read back, with a wrong label too`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(try SortingProblem(numbers: [7, 3]))
    #expect(String(decoding: data, as: UTF8.self) == #"{"answer":[3,7],"id":"7,3","nums":[7,3]}"#)
    let wrong = try SortingProblem(numbers: [7, 3], answer: [1, 2])
    #expect(try JSONDecoder().decode(SortingProblem.self, from: encoder.encode(wrong)) == wrong)
  }

  @Test func `rows are read in order, one that repeats another is skipped`() throws {
    let problems = try read(
      "{\"nums\": [7, 3]}\n\n{\"nums\": [3, 7], \"id\": \"b\", \"note\": 1}\n{\"nums\": [7, 3]}"
    )
    #expect(problems.map(\.id) == ["7,3", "b"])
    #expect(problems.map(\.answer) == [[3, 7], [3, 7]])
    let twice = "{\"nums\": [7], \"id\": \"b\"}\n{\"nums\": [8], \"id\": \"b\"}"
    #expect(failure(twice) == JSONLinesError.duplicate(id: "b", first: 1, second: 2).description)
    #expect(failure("\n") == JSONLinesError.empty.description)
  }

  @Test(
    arguments: [
      ("{\"answer\": [3]}", "line 2: the key 'nums' is missing; the keys are answer"),
      ("{\"nums\": []}", "line 2: a problem has no numbers; give at least one"),
      ("{\"nums\": [2, -1]}", "line 2: a problem has the number -1; give whole numbers of 0 or more"),
      ("{\"nums\": [2], \"answer\": 2}", "line 2: answer is the number 2, expected a list […]"),
      ("{\"nums\": [2], \"id\": 4.5}", "line 2: id is the number 4.5, expected text or a whole number"),
      ("{\"nums\": [2", "line 2: the line is not valid JSON at column 12: ',' or ']' was expected"),
    ]
  ) func `a bad line is named with what is wrong`(line: String, message: String) {
    #expect(failure("{\"nums\": [3]}\n" + line + "\n") == message)
  }

  @Test func `the sets are as large as asked, disjoint, and sizes have equal shares`() throws {
    let sets = try SortingGenerator().sets()
    #expect(sets.train.count == 2_000 && sets.heldOut.count == 512)
    #expect(Set((sets.train + sets.heldOut).map(\.id)).count == 2_512)
    for set in [sets.train, sets.heldOut] {
      for size in 2...10 {
        let count = set.count { $0.numbers.count == size }
        #expect(count == set.count / 9 || count == set.count / 9 + 1)
      }
      #expect(set.allSatisfy { $0.numbers.allSatisfy((0...19).contains) && $0.answer == $0.numbers.sorted() })
    }
  }

  @Test func `a seed's sets stay what they are`() throws {
    var configuration = SortingConfiguration()
    (configuration.trainCount, configuration.heldOutCount, configuration.sizes) = (3, 2, [2, 5])
    configuration.seed = 7
    let sets = try SortingGenerator(configuration).sets()
    #expect(sets.heldOut.map(\.id) == ["4,8", "4,17,8,9,17"])
    #expect(sets.train.map(\.id) == ["5,5", "16,17,13,18,8", "16,11"])
    configuration.trainCount = 40
    #expect(try SortingGenerator(configuration).sets().heldOut == sets.heldOut)
    configuration.seed = 8
    #expect(try SortingGenerator(configuration).sets().heldOut != sets.heldOut)
  }

  @Test func `examples are right, none is excluded, and a size listed twice comes twice as often`() throws {
    var configuration = SortingConfiguration()
    configuration.sizes = [2, 3, 3]
    let generator = try SortingGenerator(configuration)
    var random = SeededGenerator(seed: 3)
    let first = try (0..<900).map { _ in try generator.example(using: &random) }
    #expect(first.allSatisfy { bare.verify($0.solution, for: $0.problem).outcome == 1 })
    // Five standard deviations of 900 throws at one third.
    #expect(abs(first.count { $0.problem.numbers.count == 2 } - 300) < 71)
    let excluded = Set(first.map(\.problem.id))
    random = SeededGenerator(seed: 3)
    for _ in 0..<900 {
      #expect(!excluded.contains(try generator.example(excluding: excluded, using: &random).problem.id))
    }
  }

  @Test func `impossible configurations are refused, and a search without an end is given up`() throws {
    var configuration = SortingConfiguration()
    configuration.heldOutCount = -1
    #expect(throws: GeneratorError.count(-1, limit: 10_000_000)) { try SortingGenerator(configuration) }
    configuration = SortingConfiguration()
    configuration.sizes = [0, 3]
    #expect(throws: GeneratorError.sizes([0, 3], allowed: 1...1_000)) { try SortingGenerator(configuration) }
    configuration.sizes = [1]
    configuration.numbers = -1...3
    #expect(throws: SortingError.negativeNumber(-1)) { try SortingGenerator(configuration) }
    configuration.numbers = 1...3
    (configuration.trainCount, configuration.heldOutCount) = (3, 1)
    #expect(throws: GeneratorError.exhausted(found: 2, requested: 3, attempts: attemptLimit)) {
      try SortingGenerator(configuration).sets()
    }
  }
}
