/// An error of a policy that may mean that training has ruined it.
public protocol DivergenceError: Error {
  /// Whether weights, logits or gradients are not finite: the same training would end so again.
  var isDivergence: Bool { get }
}

/// How a program ends whose policy diverged.
public enum Divergence {
  /// The exit code, so that an arena can tell a rate that is too high from a full disk.
  public static let exitCode: Int32 = 3

  /// Whether `error` says that the policy diverged.
  public static func isCause(of error: any Error) -> Bool {
    (error as? any DivergenceError)?.isDivergence == true
  }
}
