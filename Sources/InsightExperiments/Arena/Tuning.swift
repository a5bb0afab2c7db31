internal import Foundation

/// The choice of every method's cell in every regime, from the results of tuning runs alone.
///
/// First comes the grid. Then, where there is a grid of K and M, a method whose best rate is the smallest or
/// the largest that was tried with its K and M gets the next rate, until its best rate lies inside.
public struct Tuning: Sendable {
  /// How many rates a method may get beside those of the grid, in each regime.
  public static let extensionLimit = 4

  let configuration: ArenaConfiguration
  /// The runs to be made next; none once everything is chosen.
  public private(set) var pending: [RunPlan]
  /// The results so far.
  public private(set) var results: [RunResult] = []
  /// What they say.
  public private(set) var trials = Trials()

  /// The choice before any run.
  init(_ configuration: ArenaConfiguration) {
    self.configuration = configuration
    pending = configuration.tuningRuns
  }

  /// The choice as far as `result` knows runs.
  init(_ configuration: ArenaConfiguration, _ result: (RunPlan) throws -> RunResult?) rethrows {
    self.init(configuration)
    while !pending.isEmpty, try take(result) {}
  }

  /// Takes the results of the runs that were pending, and finds out which come next.
  /// - Returns: whether all of them had a result.
  mutating func take(_ result: (RunPlan) throws -> RunResult?) rethrows -> Bool {
    var missing: [RunPlan] = []
    for plan in pending {
      if let found = try result(plan) { results.append(found) } else { missing.append(plan) }
    }
    trials = Trials(results)
    pending = missing.isEmpty ? extensions : missing
    return missing.isEmpty
  }

  /// The best cell of `method` in `regime`; the middle of its grid without trials.
  func cell(of method: ArenaMethod, in regime: Regime) -> Cell {
    let tuned = configuration.methods.first { $0.name == method.learningRateOf } ?? method
    let rates = regime.learningRates.sorted()
    let middle = rates[rates.count / 2]
    var cell =
      trials.ranked(tuned.name, in: regime.name).first?.cell
      ?? (tuned.grid ?? configuration.grid)?.middle(middle)
      ?? Cell(learningRate: middle)
    let fixed = method.learningRates[regime.name] ?? tuned.learningRates[regime.name]
    if let fixed { cell.learningRate = fixed }
    return cell
  }

  /// The main reference's best cells in `regime`, the best first; empty where only the best one runs.
  func referenceCells(in regime: Regime) -> [Cell] {
    trials.ranked(configuration.reference, in: regime.name).prefix(configuration.referenceCells ?? 0)
      .map(\.cell)
  }

  /// The cells of `method` in `regime` that the grid does not have.
  func added(to method: ArenaMethod, in regime: Regime) -> [Cell] {
    let planned = configuration.cells(of: method, in: regime)
    return trials.of(method.name, in: regime.name).map(\.cell).filter { !planned.contains($0) }
  }

  /// The rates that follow the best one of `method` in `regime` beyond the edge that it lies at; none inside.
  func ratesBeyondEdge(of method: ArenaMethod, in regime: Regime) -> [Double] {
    guard configuration.grid != nil, method.learningRates[regime.name] == nil,
      let best = trials.ranked(method.name, in: regime.name).first?.cell
    else { return [] }
    let rates = trials.of(method.name, in: regime.name).map(\.cell).filter(best.hasSize).map(\.learningRate)
    let last = rates.count - 1
    var next: [Double] = []
    if best.learningRate == rates[0] {
      next.append(Self.rounded(rates[0] / (last > 0 ? rates[1] / rates[0] : 2)))
    }
    if best.learningRate == rates[last] {
      next.append(Self.rounded(rates[last] * (last > 0 ? rates[last] / rates[last - 1] : 2)))
    }
    return next
  }

  /// Whether the best rate of `method` in `regime` is still the smallest or the largest that was tried with
  /// its K and M, though everything is chosen.
  func isAtEdge(_ method: ArenaMethod, in regime: Regime) -> Bool {
    pending.isEmpty && !ratesBeyondEdge(of: method, in: regime).isEmpty
  }

  private var extensions: [RunPlan] {
    configuration.regimes.flatMap { regime in
      configuration.tunedMethods(in: regime).flatMap { method -> [RunPlan] in
        let left = Self.extensionLimit - added(to: method, in: regime).count
        guard let best = trials.ranked(method.name, in: regime.name).first?.cell else { return [] }
        return ratesBeyondEdge(of: method, in: regime).prefix(left).flatMap { rate in
          var cell = best
          cell.learningRate = rate
          return configuration.tuningRuns(of: method, in: regime, cell: cell)
        }
      }
    }
  }

  /// Without the errors of division that would show in the name of a folder.
  private static func rounded(_ rate: Double) -> Double { Double(String(format: "%.11e", rate)) ?? rate }
}

extension ArenaConfiguration {
  /// The runs that cells are chosen by, before any extension; none where there is nothing to choose.
  public var tuningRuns: [RunPlan] {
    regimes.flatMap { regime in
      tunedMethods(in: regime).flatMap { method in
        cells(of: method, in: regime).flatMap { tuningRuns(of: method, in: regime, cell: $0) }
      }
    }
  }

  /// The methods that have something to choose in `regime`: with a grid, another rate can always be added.
  func tunedMethods(in regime: Regime) -> [ArenaMethod] {
    methods.filter { method in
      method.learningRateOf == nil
        && (cells(of: method, in: regime).count > 1
          || grid != nil && method.learningRates[regime.name] == nil)
    }
  }

  func tuningRuns(of method: ArenaMethod, in regime: Regime, cell: Cell) -> [RunPlan] {
    tuningSeeds.map { RunPlan(method, in: regime, seed: $0, cell: cell, isTuning: true) }
  }
}
