import Foundation
import InsightNumerics
import InsightTasks
import InsightTesting
import InsightTraining
import Testing
import Torch

@testable import InsightTorch

@Suite struct TransformerPolicyTests {
  let requests = [
    SamplingRequest(prompt: "3,5,7=22:", count: 3),
    SamplingRequest(prompt: "3,50,7,21=22:", count: 5),
    SamplingRequest(prompt: "1=1:", count: 1),
  ]
  let sampling = SamplingConfiguration(temperature: 1, topP: 1, maximumTokens: 12)

  init() { useOneThread }

  private func policy(
    seed: UInt64 = 1,
    options: TransformerPolicyOptions = .init()
  ) throws -> TransformerPolicy {
    let vocabulary = VocabularyTokenizer.arithmetic
    let configuration = TransformerConfiguration(
      vocabularySize: vocabulary.tokens.count,
      hiddenSize: 32,
      layerCount: 2,
      headSize: 8,
      intermediateSize: 48,
      maximumPositions: 64
    )
    return try TransformerPolicy(configuration, options: options, seed: seed)
  }

  private func rollouts(_ policy: TransformerPolicy, seed: UInt64 = 5) throws -> [SampledGroup] {
    var generator = SeededGenerator(seed: seed)
    return try policy.sample(requests, sampling: sampling, using: &generator)
  }

  private func batch(_ policy: TransformerPolicy) throws -> PolicyBatch {
    let groups = try rollouts(policy).map { group in
      PolicyBatch.Group(
        prompt: group.promptTokens,
        rows: group.rollouts.enumerated().map { index, rollout in
          PolicyBatch.Row(
            tokens: rollout.tokens,
            advantage: index == 0 ? 1 : -0.5,
            oldLogProbabilities: nil,
            tokenWeight: 0.05
          )
        }
      )
    }
    return PolicyBatch(groups: groups, clip: ClipRange(), temperature: 1, learningRate: 1e-3)
  }

  private func weights(_ policy: TransformerPolicy) throws -> [[Float]] {
    try policy.model.parameters.map { try $0.tensor.floats() }
  }

  // MARK: Making

  @Test func `the default size has 0.8 million weights`() throws {
    let configuration = TransformerConfiguration(vocabularySize: VocabularyTokenizer.arithmetic.tokens.count)
    let policy = try TransformerPolicy(configuration, seed: 1)
    #expect((790_000..<810_000).contains(policy.parameterCount))
  }

  @Test func `fresh weights have the deviation that is asked for, and depend on the seed`() throws {
    let policy = try policy()
    let embedding = try policy.model.parameters[0].tensor.floats()
    let square = embedding.reduce(0) { $0 + Double($1 * $1) } / Double(embedding.count)
    // Standard error of the deviation with 3,488 draws: 0.02 / √(2 · 3488) = 0.00024.
    #expect(abs(square.squareRoot() - 0.02) < 0.001)
    #expect(try weights(policy) == weights(self.policy()))
    #expect(try weights(policy) != weights(self.policy(seed: 2)))
  }

  @Test func `a vocabulary of another size is refused`() throws {
    #expect(throws: PolicyError.vocabularyMismatch(configuration: 7, tokenizer: 111)) {
      try TransformerPolicy(TransformerConfiguration(vocabularySize: 7), seed: 1)
    }
  }

  @Test func `batches without rows are refused`() {
    #expect(throws: PolicyError.self) { try policy(options: .init(generationRows: 0)) }
    #expect(throws: PolicyError.self) { try policy(options: .init(trainingRows: 0)) }
  }

  // MARK: Sampling

  @Test func `every request gets its rollouts, in order and within the limit`() throws {
    let policy = try policy()
    let groups = try rollouts(policy)
    #expect(groups.map(\.rollouts.count) == [3, 5, 1])
    #expect(try groups.map(\.promptTokens) == requests.map { try policy.tokenizer.encode($0.prompt) })
    for rollout in groups.flatMap(\.rollouts) {
      #expect((1...sampling.maximumTokens).contains(rollout.tokens.count))
      #expect(rollout.isComplete == (rollout.tokens.last == policy.tokenizer.endIDs[0]))
      #expect(rollout.isComplete || rollout.tokens.count == sampling.maximumTokens)
      #expect(try rollout.text == policy.tokenizer.decode(rollout.tokens))
    }
  }

  @Test func `equal seeds give equal rollouts, other seeds others`() throws {
    let policy = try policy()
    #expect(try rollouts(policy) == rollouts(policy))
    #expect(try rollouts(policy) != rollouts(policy, seed: 6))
  }

  @Test func `the size of the batches does not change the rollouts`() throws {
    let whole = try rollouts(policy())
    for rows in [1, 2, 4] {
      #expect(try rollouts(policy(options: .init(generationRows: rows))) == whole)
    }
  }

  @Test func `the generator moves by the number of rollouts, however long they are`() throws {
    var generator = SeededGenerator(seed: 5)
    _ = try policy().sample(requests, sampling: sampling, using: &generator)
    var expected = SeededGenerator(seed: 5)
    for _ in 0..<9 { _ = expected.next() }
    #expect(generator == expected)
  }

  @Test func `rollouts are what the log-probabilities of the whole sequence say`() throws {
    // The temperature makes the policy nearly certain, so that a wrong cache would choose other tokens.
    let policy = try policy()
    var generator = SeededGenerator(seed: 3)
    let cold = SamplingConfiguration(temperature: 1e-3, topP: 1, maximumTokens: 12)
    let groups = try policy.sample(requests, sampling: cold, using: &generator)
    for scores in try policy.logProbabilities(of: groups.map(\.tokens), temperature: 1e-3).joined() {
      #expect(scores.allSatisfy { $0 > log(0.01) })
    }
  }

  @Test func `impossible requests are refused`() throws {
    let policy = try policy()
    var generator = SeededGenerator(seed: 1)
    func sample(_ prompt: Prompt, count: Int = 1, _ sampling: SamplingConfiguration) throws {
      _ = try policy.sample([.init(prompt: prompt, count: count)], sampling: sampling, using: &generator)
    }
    #expect(throws: PolicyError.emptyPrompt) { try sample("", sampling) }
    #expect(throws: PolicyError.invalidCount(0)) { try sample("1", count: 0, sampling) }
    #expect(throws: PolicyError.tooLong(tokens: 65, maximum: 64)) {
      try sample("1", .init(maximumTokens: 64))
    }
    #expect(throws: PolicyError.self) { try sample("1", .init(temperature: 0)) }
    #expect(throws: PolicyError.self) { try sample("1", .init(topP: 0)) }
    #expect(throws: PolicyError.self) { try sample("1", .init(maximumTokens: 0)) }
    #expect(throws: TokenizerError.unknownCharacter("x", position: 1)) { try sample("1x", sampling) }
    // Text that looks like the end token is not the end token, which no text stands for.
    #expect(throws: TokenizerError.unknownCharacter("<", position: 1)) { try sample("1<eos>", sampling) }
    #expect(throws: TokenizerError.noChatTemplate) {
      try sample(.messages([.init(role: "user", content: "1")]), sampling)
    }
    #expect(throws: PolicyError.tooLong(tokens: .max, maximum: 64)) {
      try sample("1", .init(maximumTokens: .max))
    }
  }

  @Test func `ruined weights are named, and not sampled from`() throws {
    let policy = try policy()
    try withoutGradients { () throws in
      for (_, tensor) in policy.model.parameters { try tensor.assign(tensor * .nan) }
    }
    #expect(throws: PolicyError.logitsNotFinite(prompt: "3,5,7=22:", step: 0)) { try rollouts(policy) }
  }

  @Test func `sampling in bfloat16 is near sampling in float32`() throws {
    let (exact, rounded) = (try policy(), try policy(options: .init(generationPrecision: .bfloat16)))
    let sampled = try rollouts(rounded)
    // A nearly uniform policy; its rollouts in bfloat16 are as likely as any under float32.
    for scores in try exact.logProbabilities(of: sampled.map(\.tokens), temperature: 1).joined() {
      #expect(scores.allSatisfy { abs($0 + log(111)) < 1 })
    }
    #expect(try sampled == rollouts(rounded))
  }

  // MARK: Training

  @Test func `an update makes rewarded rollouts likelier and others less likely`() throws {
    let policy = try policy()
    let batch = try batch(policy)
    let tokens = batch.groups.map(\.tokens)
    let before = try policy.logProbabilities(of: tokens, temperature: 1).flatMap(\.self)
    for _ in 0..<10 { _ = try policy.update(batch) }
    let after = try policy.logProbabilities(of: tokens, temperature: 1).flatMap(\.self)
    #expect(before.count == 9)
    for (row, (old, new)) in zip(batch.groups.flatMap(\.rows), zip(before, after)) {
      #expect((new.reduce(0, +) > old.reduce(0, +)) == (row.advantage > 0))
    }
  }

  @Test func `the size of the micro batches does not change the update`() throws {
    let whole = try policy()
    let parts = try policy(options: .init(trainingRows: 2))
    let batch = try batch(whole)
    let (a, b) = (try whole.update(batch), try parts.update(batch))
    #expect(abs(a.loss - b.loss) < 1e-6)
    #expect(abs(a.gradientNorm - b.gradientNorm) < 1e-5 * a.gradientNorm)
  }

  @Test func `a batch without tokens changes nothing`() throws {
    let policy = try policy()
    let before = try weights(policy)
    let empty = PolicyBatch(groups: [], clip: ClipRange(), temperature: 1, learningRate: 1)
    #expect(try policy.update(empty) == UpdateStatistics(loss: 0, gradientNorm: 0, clipShare: 0))
    #expect(try weights(policy) == before)
    #expect(policy.optimizerStep == 0)
  }

  @Test func `a gradient that is not finite is named, and the weights stay`() throws {
    let policy = try policy()
    var batch = try batch(policy)
    let before = try weights(policy)
    batch.groups[0].rows[0].advantage = .nan
    #expect {
      try policy.update(batch)
    } throws: { error in
      guard case PolicyError.gradientNotFinite(let parameter, let norm) = error else { return false }
      return parameter == "model.embed_tokens.weight" && norm.isNaN
    }
    #expect(try weights(policy) == before)
    // Nothing of the failed step is left: the next one is as if it had not been.
    batch.groups[0].rows[0].advantage = 1
    let other = try self.policy()
    #expect(try policy.update(batch) == other.update(batch))
    #expect(try weights(policy) == weights(other))
  }

  @Test func `rows that do not fit the model are refused`() throws {
    let policy = try policy()
    var batch = try batch(policy)
    let count = batch.groups[0].rows[0].tokens.count
    batch.groups[0].rows[0].oldLogProbabilities = []
    #expect(throws: PolicyError.logProbabilityCount(tokens: count, logProbabilities: 0)) {
      try policy.update(batch)
    }
    batch.groups[0].rows[0].oldLogProbabilities = nil
    batch.groups[0].rows[0].tokenAdvantages = [1]
    #expect(throws: PolicyError.advantageCount(tokens: count, advantages: 1)) { try policy.update(batch) }
    batch.groups[0].rows[0].tokenAdvantages = nil
    for (temperature, learningRate) in [(0, 0.1), (.nan, 0.1), (1, -0.1), (1, .infinity)] {
      let invalid = PolicyBatch(
        groups: batch.groups,
        clip: batch.clip,
        temperature: temperature,
        learningRate: learningRate
      )
      #expect(throws: PolicyError.self) { try policy.update(invalid) }
    }
    #expect(policy.optimizerStep == 0)
    batch.groups[0].rows[0].tokens = [111]
    #expect(throws: PolicyError.unknownToken(111, count: 111)) { try policy.update(batch) }
  }

  @Test func `the advantage of one token has the gradient of that token alone`() throws {
    let prompt = try policy().tokenizer.encode("3,5,7=22:")
    let tokens: [Int32] = [4, 9, 6, 2]
    func step(_ rows: [PolicyBatch.Row]) throws -> (policy: TransformerPolicy, statistics: UpdateStatistics) {
      let policy = try policy()
      let batch = PolicyBatch(
        groups: [PolicyBatch.Group(prompt: prompt, rows: rows)],
        clip: ClipRange(),
        temperature: 0.7,
        learningRate: 1e-3
      )
      return (policy, try policy.update(batch))
    }
    func row(_ count: Int, _ advantage: Double, _ own: [Double]? = nil) -> PolicyBatch.Row {
      PolicyBatch.Row(
        tokens: Array(tokens.prefix(count)),
        advantage: advantage,
        tokenAdvantages: own,
        oldLogProbabilities: nil,
        tokenWeight: 0.5
      )
    }
    for place in tokens.indices {
      var own = tokens.map { _ in 0.0 }
      own[place] = 2
      let single = try step([row(4, 0, own)])
      // What a completion up to the token has more than the one before it.
      let difference = try step([row(place + 1, 2), row(place, -2)].filter { !$0.tokens.isEmpty })
      let norm = difference.statistics.gradientNorm
      #expect(norm > 0 && abs(single.statistics.gradientNorm - norm) < 1e-5 * norm)
      #expect(abs(single.statistics.loss - difference.statistics.loss) < 1e-6)
      for (one, other) in zip(try weights(single.policy), try weights(difference.policy)) {
        #expect(largestDifference(one, other) < 2e-5)
      }
    }
  }

  @Test func `entropies are those of the distribution over all tokens`() throws {
    let policy = try policy(options: .init(trainingRows: 2))
    let prompt = try policy.tokenizer.encode("3,5,7=22:")
    let completions: [[Int32]] = [[4, 9, 6], [], [4, 2], [110]]
    let other = TokenGroup(prompt: [5], completions: [[7]])
    let groups = [TokenGroup(prompt: prompt, completions: completions), other]
    let found = try policy.entropies(of: groups, temperature: 0.3)
    #expect(found.map { $0.map(\.count) } == [[3, 0, 2, 1], [1]])
    for (group, rows) in zip(groups, found) {
      for (completion, entropies) in zip(group.completions, rows) {
        for (place, entropy) in entropies.enumerated() {
          let prefix = Array(completion.prefix(place))
          let all = TokenGroup(prompt: group.prompt, completions: (0..<111).map { prefix + [$0] })
          let scores = try policy.logProbabilities(of: [all], temperature: 0.3)[0].map { Double($0[place]) }
          let expected = -scores.reduce(0) { $0 + exp($1) * $1 }
          #expect(abs(Double(entropy) - expected) < 1e-4 && expected < log(111))
        }
      }
    }
    #expect(throws: PolicyError.emptyPrompt) {
      try policy.entropies(of: [.init(prompt: [], completions: [[1]])], temperature: 1)
    }
  }

  @Test func `supervised steps teach completions and their end`() throws {
    let policy = try policy()
    let examples = [
      SupervisedExample(prompt: "2,3=5:", completion: "2+3"),
      SupervisedExample(prompt: "4,3=12:", completion: "4*3"),
    ]
    var losses: [Double] = []
    for _ in 0..<60 { losses.append(try policy.trainSupervised(examples, learningRate: 1e-2).loss) }
    // Uniform guessing costs ln 111 = 4.71 nats a token.
    #expect(abs(losses[0] - log(111)) < 0.1)
    #expect(losses[59] < 0.05)
    var generator = SeededGenerator(seed: 1)
    let cold = SamplingConfiguration(temperature: 0.1, topP: 1, maximumTokens: 12)
    let groups = try policy.sample(
      examples.map { SamplingRequest(prompt: $0.prompt, count: 1) },
      sampling: cold,
      using: &generator
    )
    #expect(groups.map { $0.rollouts[0].text } == examples.map(\.completion))
    #expect(groups.allSatisfy { $0.rollouts[0].isComplete })
  }

  @Test func `the transformer keeps the laws of policies`() throws {
    try withTemporaryDirectory { directory in
      let violations = try checkPolicy(
        policy(),
        loadingInto: policy(seed: 2),
        on: requests.map(\.prompt),
        sampling: sampling,
        learningRate: 1e-3,
        directory: directory
      )
      #expect(violations == [])
    }
  }

  // MARK: Checkpoints

  @Test func `a loaded policy has the future of the saved one`() throws {
    let saved = try policy()
    _ = try saved.update(batch(saved))
    try withTemporaryDirectory { directory in
      try saved.save(to: directory)
      let resumed = try TransformerPolicy(checkpoint: directory)
      let loaded = try policy(seed: 9)
      try loaded.load(from: directory)
      #expect(try rollouts(resumed) == rollouts(saved))
      let next = try batch(saved)
      _ = try saved.update(next)
      for copy in [resumed, loaded] {
        _ = try copy.update(next)
        #expect(try weights(copy) == weights(saved))
        #expect(copy.optimizerStep == 2)
      }
    }
  }

  @Test func `a checkpoint of another configuration is refused`() throws {
    try withTemporaryDirectory { directory in
      try policy().save(to: directory)
      let other = try TransformerPolicy(TransformerConfiguration(vocabularySize: 111), seed: 1)
      #expect(throws: CheckpointError.differentModel(path: directory + "/config.json")) {
        try other.load(from: directory)
      }
    }
  }

  @Test func `a checkpoint of Hugging Face needs a vocabulary of its size`() throws {
    #expect(throws: CheckpointError.self) { try TransformerPolicy(checkpoint: Fixture.checkpoint) }
    let tokens = ["<eos>"] + (0..<63).map { "t\($0)." }
    let vocabulary = try VocabularyTokenizer(tokens: tokens, end: "<eos>")
    let policy = try TransformerPolicy(checkpoint: Fixture.checkpoint, tokenizer: vocabulary)
    #expect(policy.parameterCount == 23_776)
  }
}
