/// The tasks that commands know by name.
public enum Tasks {
  /// Every task; a new one adds a line here.
  public static let all: [any RegisteredTask.Type] = [
    CountdownTask.self,
    SortingTask.self,
  ]

  /// The task called `name`, or `nil` if there is none.
  public static func named(_ name: String) -> (any RegisteredTask.Type)? {
    all.first { $0.name == name }
  }
}
