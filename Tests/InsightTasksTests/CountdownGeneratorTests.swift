import InsightNumerics
import Testing

@testable import InsightTasks

@Suite struct CountdownGeneratorTests {
  private let bare = CountdownTask(format: .bare)

  @Test func `the paper's sets are as large as it says, solvable, disjoint and half triples`() throws {
    let sets = try CountdownGenerator().sets()
    #expect(sets.train.count == 2_000 && sets.heldOut.count == 512)
    #expect(Set((sets.train + sets.heldOut).map(\.id)).count == 2_512)
    var generator = SeededGenerator(seed: 1)
    for set in [sets.train, sets.heldOut] {
      #expect(set.count { $0.numbers.count == 3 } == set.count / 2)
      #expect(set.count { $0.numbers.count == 4 } == set.count / 2)
      for problem in set {
        #expect(problem.numbers.allSatisfy { (1...99).contains($0) } && (10...99).contains(problem.target))
      }
      // Solving takes longer than making, so a sample stands for the rest here; examples are all checked.
      for problem in set.prefix(100) {
        let solution = try #require(CountdownSolver.solution(for: problem, using: &generator))
        #expect(bare.verify(solution, for: problem).outcome == 1)
      }
    }
  }

  @Test func `a seed's sets stay what they are`() throws {
    var configuration = CountdownConfiguration()
    (configuration.trainCount, configuration.heldOutCount) = (4, 2)
    configuration.seed = 7
    let sets = try CountdownGenerator(configuration).sets()
    #expect(sets.heldOut.map(bare.prompt(for:)) == ["21,43,22=42:", "5,81,98,56=44:"])
    #expect(
      sets.train.map(bare.prompt(for:))
        == ["99,85,88=74:", "64,71,12,89=94:", "85,79,39=45:", "26,22,8,2=65:"]
    )
    #expect(try CountdownGenerator(configuration).sets() == sets)
    configuration.trainCount = 40
    #expect(try CountdownGenerator(configuration).sets().heldOut == sets.heldOut)
    configuration.seed = 8
    #expect(try CountdownGenerator(configuration).sets().heldOut != sets.heldOut)
  }

  @Test func `an odd count shares the sizes as equally as it can`() throws {
    var configuration = CountdownConfiguration()
    configuration.trainCount = 7
    configuration.sizes = [2, 3, 4]
    let counts = try CountdownGenerator(configuration).sets().train.map(\.numbers.count)
    #expect(counts == [2, 3, 4, 2, 3, 4, 2])
  }

  @Test func `examples are right, in range, of both sizes and none is excluded`() throws {
    let generator = try CountdownGenerator()
    var random = SeededGenerator(seed: 3)
    var first: [WorkedExample<CountdownProblem>] = []
    for _ in 0..<1_000 { first.append(try generator.example(using: &random)) }
    for example in first {
      #expect(bare.verify(example.solution, for: example.problem).outcome == 1, "\(example)")
      #expect(!example.solution.contains(" "))
      #expect((10...99).contains(example.problem.target))
    }
    let triples = first.count { $0.problem.numbers.count == 3 }
    // Five standard deviations of a fair coin thrown 1,000 times.
    #expect(abs(triples - 500) < 80)

    let excluded = Set(first.prefix(500).map(\.problem.id))
    random = SeededGenerator(seed: 3)
    for _ in 0..<1_000 {
      #expect(!excluded.contains(try generator.example(excluding: excluded, using: &random).problem.id))
    }
  }

  @Test func `impossible configurations are refused`() throws {
    var configuration = CountdownConfiguration()
    configuration.trainCount = -1
    #expect(throws: GeneratorError.count(-1, limit: 10_000_000)) { try CountdownGenerator(configuration) }
    configuration = CountdownConfiguration()
    configuration.sizes = []
    #expect(throws: GeneratorError.sizes([], allowed: 1...6)) { try CountdownGenerator(configuration) }
    configuration.sizes = [3, 7]
    #expect(throws: GeneratorError.sizes([3, 7], allowed: 1...6)) { try CountdownGenerator(configuration) }
    configuration = CountdownConfiguration()
    configuration.numbers = -2...5
    #expect(throws: CountdownError.negativeNumber(-2)) { try CountdownGenerator(configuration) }
  }

  @Test func `a search without an end is given up`() throws {
    var configuration = CountdownConfiguration()
    (configuration.sizes, configuration.numbers, configuration.targets) = ([1], 1...3, 1...2)
    configuration.heldOutCount = 1
    configuration.trainCount = 2
    let exhausted = GeneratorError.exhausted(
      found: 1,
      requested: 2,
      attempts: attemptLimit
    )
    #expect(throws: exhausted) { try CountdownGenerator(configuration).sets() }
    var random = SeededGenerator(seed: 0)
    let all: Set = ["1=1", "2=2"]
    #expect(throws: GeneratorError.self) {
      try CountdownGenerator(configuration).example(excluding: all, using: &random)
    }
  }

  @Test func `solutions differ between draws and follow the generator`() throws {
    let problem = try CountdownProblem(numbers: [3, 5, 7, 2], target: 24)
    func solutions(_ seed: UInt64) -> [String?] {
      var generator = SeededGenerator(seed: seed)
      return (0..<50).map { _ in CountdownSolver.solution(for: problem, using: &generator) }
    }
    #expect(Set(solutions(1)).count > 5)
    #expect(solutions(1) == solutions(1))
    for case let solution? in solutions(2) {
      #expect(bare.verify(solution, for: problem).outcome == 1, "\(solution)")
    }
  }

  @Test func `the solver finds the only way and says where there is none`() throws {
    var generator = SeededGenerator(seed: 0)
    func solution(_ numbers: [Int], _ target: Int) throws -> String? {
      CountdownSolver.solution(
        for: try CountdownProblem(numbers: numbers, target: target),
        using: &generator
      )
    }
    #expect(try solution([3, 3, 8, 8], 24) == "8/(3-8/3)")
    #expect(try solution([22], 22) == "22")
    #expect(try solution([1, 1, 1, 1], 24) == nil)
    #expect(try solution([21], 22) == nil)
    #expect(try solution([0, 0], 1) == nil)
  }

  @Test func `expressions are written with no more parentheses than they need`() {
    func node(
      _ left: CountdownExpression,
      _ symbol: CountdownOperator,
      _ right: CountdownExpression
    ) -> CountdownExpression {
      .operation(left, symbol, right)
    }
    let (a, b, c) = (
      CountdownExpression.number(1), CountdownExpression.number(2), CountdownExpression.number(3)
    )
    #expect(node(node(a, .plus, b), .plus, c).text == "1+2+3")
    #expect(node(a, .plus, node(b, .minus, c)).text == "1+2-3")
    #expect(node(a, .minus, node(b, .minus, c)).text == "1-(2-3)")
    #expect(node(a, .minus, node(b, .plus, c)).text == "1-(2+3)")
    #expect(node(a, .minus, node(b, .times, c)).text == "1-2*3")
    #expect(node(node(a, .minus, b), .times, c).text == "(1-2)*3")
    #expect(node(a, .times, node(b, .divided, c)).text == "1*2/3")
    #expect(node(a, .divided, node(b, .times, c)).text == "1/(2*3)")
    #expect(node(a, .divided, node(b, .divided, c)).text == "1/(2/3)")
    #expect(node(node(a, .divided, b), .divided, c).text == "1/2/3")
    #expect(node(a, .divided, node(b, .plus, c)).text == "1/(2+3)")
  }

  @Test func `fractions are exact, in lowest terms, and refuse what they cannot hold`() throws {
    let third = try #require(Fraction(1).divided(by: Fraction(3)))
    let sixth = try #require(Fraction(-1).divided(by: Fraction(-6)))
    #expect(third.plus(sixth)?.description == "1/2")
    #expect(third.minus(sixth)?.description == "1/6")
    #expect(sixth.minus(third)?.description == "-1/6")
    #expect(third.times(Fraction(3))?.equals(1) == true)
    #expect(third.divided(by: sixth)?.equals(2) == true)
    #expect(Fraction(6).divided(by: Fraction(-4))?.description == "-3/2")
    #expect(Fraction(0).divided(by: Fraction(-4))?.equals(0) == true)
    #expect(Fraction(4).divided(by: Fraction(0)) == nil)
    let large = try #require(Fraction(.max).times(Fraction(.max)))
    #expect(large.divided(by: Fraction(.max))?.equals(.max) == true)
    #expect(large.times(Fraction(3)) == nil)
    #expect(large.divided(by: large.times(Fraction(2)) ?? Fraction(1))?.description == "1/2")
    #expect(large.times(Fraction(2))?.plus(large) == nil)
    #expect(third.divided(by: large)?.times(third) == nil)
  }
}
