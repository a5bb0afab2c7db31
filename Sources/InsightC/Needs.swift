internal import Insight

extension SelectorConfiguration {
  /// The settings that are set here and that only the caller can act on, by their names in the configuration.
  ///
  /// - `filter`: the caller drops groups whose outcomes agree and rolls out more in their place.
  /// - `allocation`: the caller gives each pick the number of rollouts that the pick names.
  var needs: [String] {
    var names: [String] = []
    if filter != nil { names.append("filter") }
    if allocation != nil { names.append("allocation") }
    return names
  }
}
