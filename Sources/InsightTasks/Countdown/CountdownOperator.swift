/// The four operations of the game.
enum CountdownOperator: CaseIterable, Sendable {
  case plus, minus, times, divided

  /// The character that answers use.
  var symbol: String {
    switch self {
    case .plus: "+"
    case .minus: "-"
    case .times: "*"
    case .divided: "/"
    }
  }

  /// Whether the order of the operands does not matter.
  var commutes: Bool {
    self == .plus || self == .times
  }

  /// How tightly it binds: 1 for sums, 2 for products.
  var precedence: Int {
    self == .plus || self == .minus ? 1 : 2
  }

  /// The result; `nil` on overflow and on division by zero.
  func callAsFunction(_ left: Fraction, _ right: Fraction) -> Fraction? {
    switch self {
    case .plus: left.plus(right)
    case .minus: left.minus(right)
    case .times: left.times(right)
    case .divided: left.divided(by: right)
    }
  }
}
