internal import ArgumentParser
internal import Insight

/// The options that name a selection method and its hyperparameters.
struct MethodOptions: ParsableArguments {
  @Option(help: "The selection method: \(Acquisitions.names.joined(separator: ", ")).")
  var method = WeightedMutualInformation.name

  // Unconditional, so that a negative number reaches the check that explains the range.
  @Option(
    parsing: .unconditional,
    help: "Sharpness η of insight's difficulty bias, 0 or more (the paper's value is 3)."
  )
  var eta: Double?

  @Option(
    parsing: .unconditional,
    help: "Centre μ of insight's difficulty bias, a success rate in [0, 1] (the paper's value is 0.3)."
  )
  var mu: Double?

  /// The method with its hyperparameters.
  func acquisition() throws -> any Acquisition {
    let acquisition = try Acquisitions.named(method).init()
    guard var weighted = acquisition as? WeightedMutualInformation else {
      guard eta == nil, mu == nil else {
        throw ValidationError("method '\(method)' has no --eta and no --mu; they belong to 'insight'")
      }
      return acquisition
    }
    if let eta { weighted.eta = eta }
    if let mu { weighted.mu = mu }
    try weighted.validate()
    return weighted
  }
}
