import Foundation
import InsightNumerics
import InsightTestTags
import Testing

@testable import Insight

/// The draws behind every selection, against what they claim to be distributed as.
///
/// Seeds are fixed; bounds are quantiles of chi-squared at 1e-6 or beyond.
@Suite(.tags(.statistical)) struct DrawTests {
  @Test(arguments: [1, 40, 511, 512, 513, 5_000])
  func `the index finds the largest scores, whatever changed`(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    // Few distinct values, so that ties are common, and some that cannot be chosen.
    var scores = (0..<count).map { _ in
      let value = Float(generator.next(below: 7))
      return value == 0 ? ScoreBook.unavailable : value
    }
    var index = ScoreIndex(of: scores)
    for round in 0..<6 {
      let available = scores.count { $0 > ScoreBook.unavailable }
      for wanted in Set([0, 1, available / 3, available]) {
        let chosen = index.largest(wanted, of: scores, using: &generator)
        #expect(Set(chosen).count == wanted, "round \(round)")
        let expected = scores.sorted(by: >).prefix(wanted)
        #expect(chosen.map { scores[Int($0)] } == Array(expected))
      }
      let changed = (0..<max(1, count / 10)).map { _ in Int32(generator.next(below: UInt64(count))) }
      for position in changed { scores[Int(position)] = Float(generator.next(below: 9)) }
      index.update(at: changed, of: scores)
    }
  }

  @Test func `tied scores of an index are chosen with one chance, also across blocks with larger ones`() {
    // 1,200 ties over three blocks, one of which holds 5 larger scores: 7 of 12 picks are ties.
    var scores = [Float](repeating: 1, count: 1_536)
    for position in 600..<605 { scores[position] = 2 }
    for position in 1_205..<1_536 { scores[position] = ScoreBook.unavailable }
    let index = ScoreIndex(of: scores)
    var generator = SeededGenerator(seed: 4)
    var counts = [Double](repeating: 0, count: 1_205)
    let rounds = 2_000
    for _ in 0..<rounds {
      let chosen = index.largest(12, of: scores, using: &generator)
      #expect(Set(chosen.prefix(5)) == Set(600..<605))
      for position in chosen.dropFirst(5) { counts[Int(position)] += 1 }
    }
    let expected = Double(rounds * 7) / 1_200
    let statistic = counts.indices.filter { scores[$0] == 1 }
      .reduce(0) { $0 + pow(counts[$1] - expected, 2) / expected }
    // 1,199 degrees of freedom: mean 1,199, deviation 49; sampling without replacement only narrows it.
    #expect(statistic < 1_199 + 6 * 49)
  }

  @Test func `proportional draws have the distribution of drawing one after another`() {
    let weights: [Float] = [0.5, 1, 2, 0.25, 4]
    var generator = SeededGenerator(seed: 8)
    var counts: [[Int]: Double] = [:]
    let rounds = 30_000
    for _ in 0..<rounds {
      counts[proportionalDraw(3, weights: weights, using: &generator), default: 0] += 1
    }
    // All 60 ordered triples, each with its exact probability.
    var statistic = 0.0
    var triples = 0
    let total = Double(weights.reduce(0, +))
    for a in 0..<5 {
      for b in 0..<5 where b != a {
        for c in 0..<5 where c != a && c != b {
          let (x, y, z) = (Double(weights[a]), Double(weights[b]), Double(weights[c]))
          let expected = Double(rounds) * x / total * y / (total - x) * z / (total - x - y)
          statistic += pow(counts[[a, b, c], default: 0] - expected, 2) / expected
          triples += 1
        }
      }
    }
    #expect(triples == 60)
    // Chi-squared with 59 degrees of freedom has its 1e-6 quantile at 127.
    #expect(statistic < 127)
  }

  @Test func `jumping over weights leaves the chances of a long list as they are`() {
    // 500 weights in ten classes: the first of three draws falls on class i with probability i / 55.
    let weights = (0..<500).map { Float($0 % 10 + 1) }
    var generator = SeededGenerator(seed: 9)
    var counts = [Double](repeating: 0, count: 10)
    let rounds = 4_000
    for _ in 0..<rounds { counts[proportionalDraw(3, weights: weights, using: &generator)[0] % 10] += 1 }
    let statistic = (0..<10)
      .reduce(0.0) {
        let expected = Double(rounds) * Double($1 + 1) / 55
        return $0 + pow(counts[$1] - expected, 2) / expected
      }
    // Nine degrees of freedom: 1e-6 quantile 44.
    #expect(statistic < 44)
  }

  @Test func `weights of nothing come last, and what cannot be chosen never`() {
    var generator = SeededGenerator(seed: 10)
    let weights: [Float] = [0, ScoreBook.unavailable, 3, 0, 1e30]
    for _ in 0..<200 {
      let drawn = proportionalDraw(4, weights: weights, using: &generator)
      #expect(Set(drawn) == [0, 2, 3, 4])
      #expect(Set(drawn.prefix(2)) == [2, 4])
    }
    #expect(proportionalDraw(0, weights: weights, using: &generator).isEmpty)
  }

  @Test(arguments: [1, 2, 3, 63, 64, 65, 1_000])
  func `a sweep visits every prompt once a round, in no plain order`(population: Int) {
    var sweep = ProbeSweep(count: population, key: 77)
    var seen: [Int] = []
    while seen.count < population {
      seen += sweep.take(
        min(7, population - seen.count),
        version: 0,
        isFree: { _ in true },
        lastVisit: { _ in -1 }
      )
    }
    #expect(Set(seen) == Set(0..<population))
    if population > 60 { #expect(seen != Array(0..<population)) }
  }
}
