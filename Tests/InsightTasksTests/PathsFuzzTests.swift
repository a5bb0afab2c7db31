import InsightNumerics
import InsightTasks
import Testing

/// Strings that a model might write, or someone who wants the verifier to fail.
@Suite struct PathsFuzzTests {
  private let bare = PathsTask(format: .bare)

  /// Whether `text` is a path of `problem`, by a reading that shares nothing with the verifier's.
  private func isPath(_ text: String, of problem: PathsProblem) -> Bool {
    let blank: Set<Unicode.Scalar> = [" ", "\t", "\n", "\r"]
    let nodes = text.unicodeScalars.filter { !blank.contains($0) }.map(Character.init)
    guard nodes.first == problem.start, nodes.last == problem.label, Set(nodes).count == nodes.count else {
      return false
    }
    return (1..<nodes.count).allSatisfy { index in
      problem.edges.contains { $0.from == nodes[index - 1] && $0.to == nodes[index] }
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `damaged answers are right exactly where they are still a path`(seed: UInt64) throws {
    var configuration = PathsConfiguration()
    (configuration.letters, configuration.branches, configuration.sizes) = (13, 0...2, [1, 2, 3, 4])
    let generator = try PathsGenerator(configuration)
    var random = SeededGenerator(seed: seed)
    func below(_ bound: Int) -> Int { Int(random.next() >> 33) % bound }
    let letters = Array("abcdefghijklm")
    let spare = Array("abcdefghijklm \n\t\r,.[]<>é\u{0}Aa-".utf8)
    var failures: [String] = []
    var right = 0
    for _ in 0..<10_000 {
      let example = try generator.example(using: &random)
      // Edges beyond the tree, so that some damage gives another path.
      let more = (0..<6).map { _ in PathsEdge(letters[below(13)], letters[below(13)]) }
      let tree = example.problem
      let problem = try PathsProblem(edges: tree.edges + more, start: tree.start, goal: tree.goal)
      var bytes = Array(example.solution.utf8)
      for _ in 0..<below(3) where !bytes.isEmpty {
        let place = below(bytes.count)
        switch below(4) {
        case 0: bytes[place] = spare[below(spare.count)]
        case 1: bytes.insert(spare[below(spare.count)], at: place)
        case 2: bytes.remove(at: place)
        default: bytes.swapAt(place, below(bytes.count))
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let verdict = bare.verify(text, for: problem)
      let expected = isPath(text, of: problem) ? 1 : 0
      right += expected
      if verdict.outcome != expected || verdict.reason.utf8.count > 300 {
        failures.append("\(verdict) for \(text)")
      }
    }
    #expect(failures.isEmpty)
    #expect(right > 2_500 && right < 9_000)
  }

  @Test(arguments: ["<answer>", "</answer>", "<answer>a</answer>", "a", "ab"])
  func `a megabyte gets a verdict`(piece: String) throws {
    let problem = try PathsProblem(edges: [.init("a", "b"), .init("b", "a")], start: "a", goal: "b")
    let text = String(repeating: piece, count: (1 << 20) / piece.utf8.count)
    #expect(PathsTask().verify(text, for: problem).reward == (piece == "<answer>a</answer>" ? 0.1 : 0))
    #expect(bare.verify(text, for: problem).reason == "the answer is longer than 4096 bytes")
  }
}
