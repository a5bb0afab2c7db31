/// Which rollouts of a group are kept where more were drawn than are trained on.
enum BalancedSubset {
  /// Keeps `size` rollouts: half of them right and half wrong where there are as many, the first of each
  /// kind.
  ///
  /// ```
  /// wanted: size/2 right, the rest wrong; what one kind lacks, the other fills up
  /// ```
  /// Source: arXiv:2510.04996.
  /// - Parameters:
  ///   - outcomes: The group's outcomes, `[K]`; `nil` for a missing verdict, which is never kept.
  ///   - size: The most rollouts that are kept.
  /// - Returns: for each rollout, whether it is kept, `[K]`.
  static func kept(of outcomes: [Int?], size: Int) -> [Bool] {
    let right = outcomes.count { $0 == 1 }
    let wrong = outcomes.count { $0 == 0 }
    var room = (right: min(size / 2, right), wrong: 0)
    room.wrong = min(size - room.right, wrong)
    room.right = min(size - room.wrong, right)
    return outcomes.map { outcome in
      switch outcome {
      case 1?:
        room.right -= 1
        return room.right >= 0
      case 0?:
        room.wrong -= 1
        return room.wrong >= 0
      default: return false
      }
    }
  }
}
