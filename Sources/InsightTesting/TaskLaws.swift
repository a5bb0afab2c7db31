internal import Foundation
internal import InsightNumerics
public import InsightTasks

/// Checks what every task promises, on `problems` with answers that solve them.
///
/// - Ids are unique, and not empty.
/// - The stated answer is right, and copying the prompt is not.
/// - A verdict exists for every text, however hostile; its outcome is 0 or 1 and its reward finite.
/// - The same question gets the same prompt, domain and verdict.
/// - Verdicts asked for together are those asked for one by one, in the same order.
/// - A problem and its JSON form are the same, and so is the JSON form of what was read.
///
/// - Parameters:
///   - task: The task.
///   - examples: Problems with completions that solve them; at least one.
/// - Returns: the violations, none for a task that keeps all laws.
/// - Throws: what encoding or decoding a problem throws, which should be nothing.
public func checkTask<Challenge: VerifiableTask>(
  _ task: Challenge,
  on examples: [(problem: Challenge.Problem, completion: String)]
) async throws -> [LawViolation] {
  var laws = Laws(of: Challenge.name)
  laws.check(!examples.isEmpty, "there is something to check", "no examples")
  laws.check(
    Set(examples.map(\.problem.id)).count == examples.count && !examples.contains { $0.problem.id.isEmpty },
    "ids are unique and not empty",
    "\(examples.map(\.problem.id))"
  )
  for (problem, completion) in examples {
    let right = task.verify(completion, for: problem)
    laws.check(
      right.outcome == 1,
      "the stated answer is right",
      "\(problem.id), '\(completion)': \(right.reason)"
    )
    let prompt = task.prompt(for: problem)
    laws.check(
      task.verify(prompt.description, for: problem).outcome == 0,
      "copying the prompt is not right",
      problem.id
    )
    laws.check(
      prompt == task.prompt(for: problem) && task.domain(of: problem) == task.domain(of: problem),
      "the same question gets the same prompt and domain",
      problem.id
    )
    try laws.checkJSON(of: problem)

    let texts = hostileTexts(around: completion) + [completion]
    let single = texts.map { task.verify($0, for: problem) }
    for (text, verdict) in zip(texts, single) {
      laws.check(
        (0...1).contains(verdict.outcome) && verdict.reward.isFinite && !verdict.reason.isEmpty,
        "an outcome is 0 or 1 and a reward finite",
        "\(problem.id), '\(text.prefix(40))': \(verdict)"
      )
      laws.check(
        verdict == task.verify(text, for: problem),
        "the same answer gets the same verdict",
        "\(problem.id), '\(text.prefix(40))'"
      )
    }
    let together = await task.verify(texts.map { Answer($0, for: problem) }, timeLimit: .seconds(600))
    laws.check(together == single, "verdicts asked for together are those asked for one by one", problem.id)
  }
  return laws.violations
}

/// Checks a task that commands know: ``checkTask(_:on:)`` in every format on its example, and what else it
/// says it can.
///
/// - The example of its help is a row that can be read, and its completion is right.
/// - Generated problems are solved by their worked solutions in the compact format, and no two sets share an
///   id. Both are written with the task's symbols.
/// - A mislabelled problem is not solved by the solution of the problem it was made of, and keeps its domain.
/// - A task that cannot generate or mislabel says so by an error, and not by an empty set.
public func checkRegisteredTask<Challenge: RegisteredTask>(_ type: Challenge.Type) async throws
  -> [LawViolation]
{
  var laws = Laws(of: Challenge.name)
  var others: [LawViolation] = []
  laws.check(!Challenge.name.isEmpty, "a task has a name", "\(type)")
  for format in Challenge.Format.allCases {
    laws.check(
      Challenge.Format(rawValue: format.rawValue) == format,
      "a format's name is its own",
      format.rawValue
    )
  }
  let example = Challenge.example
  let problem = try JSONDecoder().decode(Challenge.Problem.self, from: Data(example.row.utf8))
  others += try await checkTask(Challenge(format: .standard), on: [(problem, example.completion)])
  if let generating = type as? any GeneratesProblems.Type {
    others += try await checkGenerator(of: generating)
  } else {
    laws.checkRefusal("generated problems are refused by a task that only reads files") {
      _ = try Challenge.generatedSets(Challenge.Generation())
    }
  }
  if let mislabelling = type as? any MislabelsProblems.Type {
    others += try checkMislabelling(of: mislabelling)
  } else {
    laws.checkRefusal("mislabelling is refused by a task that cannot do it") {
      _ = try Challenge.mislabelling(1, of: [problem], excluding: [], Challenge.Generation())
    }
  }
  return laws.violations + others
}

private func checkGenerator<Challenge: GeneratesProblems>(of type: Challenge.Type) async throws
  -> [LawViolation]
{
  var settings = Challenge.Generation()
  (settings.trainCount, settings.heldOutCount, settings.seed) = (30, 10, 3)
  let generator = try Challenge.Generator(settings)
  let sets = try generator.sets()
  var laws = Laws(of: Challenge.name)
  laws.check(try generator.sets() == sets, "one seed gives the same sets", Challenge.name)
  laws.check(
    sets.train.count == 30 && Set((sets.train + sets.heldOut).map(\.id)).count == 40,
    "sets have the sizes that were asked for, and no id appears twice",
    Challenge.name
  )
  laws.check(
    (sets.train + sets.heldOut).allSatisfy { $0.id == $0.contentID },
    "the id of a generated problem is that of its content",
    Challenge.name
  )
  var random = SeededGenerator(seed: 5)
  var examples: [Challenge.Problem.ID: (problem: Challenge.Problem, completion: String)] = [:]
  let excluded = Set(sets.heldOut.map(\.id))
  let task = Challenge(format: .compact)
  let symbols = Set(Challenge.symbols)
  for _ in 0..<10 {
    let example = try generator.example(excluding: excluded, using: &random)
    examples[example.problem.id] = (example.problem, example.solution)
    laws.check(!excluded.contains(example.problem.id), "excluded problems are not drawn", example.problem.id)
    let text = task.prompt(for: example.problem).description + example.solution
    laws.check(
      text.allSatisfy { symbols.contains(String($0)) },
      "every character of a compact prompt and of its solution is a symbol",
      text
    )
  }
  let others = try await checkTask(
    task,
    on: examples.sorted { $0.key < $1.key }.map(\.value)
  )
  return laws.violations + others
}

private func checkMislabelling<Challenge: MislabelsProblems>(of type: Challenge.Type) throws -> [LawViolation]
{
  let settings = Challenge.Generation()
  let generator = try Challenge.Generator(settings)
  let task = Challenge(format: .compact)
  var random = SeededGenerator(seed: 7)
  var laws = Laws(of: Challenge.name)
  for _ in 0..<10 {
    let example = try generator.example(using: &random)
    let wrong = try Challenge.mislabelling(1, of: [example.problem], excluding: [], settings)
    laws.check(wrong.count == 1, "mislabelling keeps the number of problems", example.problem.id)
    for problem in wrong {
      let verdict = task.verify(example.solution, for: problem)
      laws.check(
        verdict.outcome == 0 && problem != example.problem,
        "a mislabelled problem is not solved by the right answer",
        "\(example.problem.id), now \(problem.id)"
      )
      laws.check(
        task.domain(of: problem) == task.domain(of: example.problem),
        "mislabelling keeps the domain",
        problem.id
      )
    }
  }
  return laws.violations
}

/// Texts that have broken verifiers, some of them made of a right answer.
private func hostileTexts(around completion: String) -> [String] {
  let long = String(repeating: "9", count: 5_000)
  return [
    "", " ", "\n\t", "\u{0}", "\u{200B}\u{202E}\u{FEFF}", "\u{1F600}", "e\u{301}", "<answer>", "</answer>",
    "<answer></answer>", "</answer><answer>", "<answer><answer></answer>", "<think>", "</think>",
    "<answer>" + long + "</answer>", long, String(repeating: "(", count: 5_000),
    String(repeating: "<answer>", count: 2_000), "-9223372036854775808",
    "<answer>9223372036854775807*9</answer>",
    "0/0", "<answer>1/0</answer>", "nan", "Infinity", "1e400", "{\"answer\": 1}", "\\boxed{}",
    String(completion.dropLast()), completion + "\u{200B}", completion + completion, "<think>" + completion,
  ]
}

extension Laws {
  /// Records a violation if `body` throws nothing.
  fileprivate mutating func checkRefusal(_ law: String, _ body: () throws -> Void) {
    do {
      try body()
      check(false, law, "nothing was thrown")
    } catch {}
  }

  /// Records a violation if JSON changes `value`.
  fileprivate mutating func checkJSON<Value: Codable & Equatable>(of value: Value) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let data = try encoder.encode(value)
    let read = try JSONDecoder().decode(Value.self, from: data)
    check(read == value, "JSON gives back what was written", String(decoding: data, as: UTF8.self))
    let again = try encoder.encode(read)
    check(again == data, "what was read is written as before", String(decoding: data, as: UTF8.self))
  }
}
