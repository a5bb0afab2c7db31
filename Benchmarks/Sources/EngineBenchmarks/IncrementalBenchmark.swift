import ArgumentParser
import Insight
import InsightNumerics
import Timing

/// A step of selection against the time of reading every score once, and against the pool's size.
struct IncrementalBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "incremental",
    abstract: "Time steps with the whole pool as candidate set, and with 16 M candidates."
  )

  @Option(help: "Prompts of the pool.")
  var pool = 10_000_000

  @Option(help: "Prompts of a batch.")
  var batch = 256

  @Option(help: "Steps that are timed.")
  var steps = 30

  func run() throws {
    let prompts = try StepTimer.pool(of: pool)
    var whole = try StepTimer(pool: prompts, candidates: .wholePool)
    let first = try whole.step(batch)
    let wholePool = try (0..<steps).map { _ in try whole.step(batch) }
    var drawn = try StepTimer(pool: prompts, candidates: .multiple(factor: 16))
    let candidates = try (0..<steps).map { _ in try drawn.step(batch) }

    // The bar: one pass over an array of as many scores, summed eight at a time.
    let scores = (0..<pool).map { Float($0 & 1023) }
    var reading = Timings()
    var sum: Float = 0
    for _ in 0..<steps {
      reading.measure {
        scores.withUnsafeBytes { bytes in
          var lanes = SIMD16<Float>.zero
          for start in stride(from: 0, to: bytes.count - 63, by: 64) {
            lanes += bytes.loadUnaligned(fromByteOffset: start, as: SIMD16<Float>.self)
          }
          sum += lanes.sum()
        }
      }
    }
    let median = { (values: [Double]) in values.sorted()[values.count / 2] }
    try printJSON([
      "prompts": pool,
      "batch": batch,
      "rollouts": 8,
      "readScoresOnceMilliseconds": reading.median * 1e3,
      "firstStepMilliseconds": first * 1e3,
      "wholePoolStepMilliseconds": median(wholePool) * 1e3,
      "candidatesStepMilliseconds": median(candidates) * 1e3,
      "stepOverReadingOnce": median(wholePool) / reading.median,
      "checksum": Double(sum),
    ])
  }
}

/// A selector and made-up outcomes for it.
struct StepTimer {
  var selector: Selector
  private var generator = SeededGenerator(seed: 2)
  private var version = 0

  /// Prompts with ids of 15 bytes.
  static func pool(of count: Int) throws -> PromptPool {
    var pool = PromptPool()
    pool.reserveCapacity(count, bytesPerID: 15)
    for number in 0..<count { try pool.append(Self.id(number)) }
    return pool
  }

  /// `prompt-00000042`, written digit by digit: formatting would cost more than what is measured.
  private static func id(_ number: Int) -> String {
    String(unsafeUninitializedCapacity: 15) { buffer in
      _ = buffer.initialize(fromContentsOf: "prompt-00000000".utf8)
      var left = number
      var place = 14
      while left > 0 {
        buffer[place] += UInt8(left % 10)
        left /= 10
        place -= 1
      }
      return 15
    }
  }

  init(pool: PromptPool, configuration: SelectorConfiguration = .insight, candidates: CandidateSet) throws {
    var configuration = configuration
    configuration.candidates = candidates
    selector = try Selector(pool: pool, configuration: configuration, seed: 1)
  }

  /// Selects, and reports made-up outcomes; the seconds that both took.
  mutating func step(_ batch: Int) throws -> Double {
    version += 1
    var timings = Timings()
    let picks = try timings.measure { try selector.select(batch) }
    let groups = picks.map { pick in
      (0..<pick.rollouts).map { _ in generator.nextUnit() < Double(pick.position % 97) / 96 ? 1.0 : 0.0 }
    }
    try timings.measure {
      for (pick, outcomes) in zip(picks, groups) {
        try selector.report(pick.ticket, outcomes: outcomes, policyVersion: version)
      }
    }
    return timings.seconds.reduce(0, +)
  }
}
