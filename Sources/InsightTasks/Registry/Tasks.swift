internal import Synchronization

/// The registry of tasks.
public enum Tasks {
  /// The tasks of this package; a new one adds a line here.
  static let builtIn: [any RegisteredTask.Type] = [
    CountdownTask.self,
    SortingTask.self,
    PathsTask.self,
  ]

  private static let registered = Mutex<[any RegisteredTask.Type]>([])

  /// Every task that commands know by name: those of this package, then those that were registered, in order.
  public static var all: [any RegisteredTask.Type] { builtIn + registered.withLock { $0 } }

  /// The task called `name`, or `nil` if there is none.
  public static func named(_ name: String) -> (any RegisteredTask.Type)? {
    all.first { $0.name == name }
  }

  /// Makes a task of another package known by its name, so that a program with the commands of this package
  /// has it too.
  ///
  /// The program registers its tasks before it runs a command. To register a task again does nothing.
  /// - Throws: ``TaskError/taskExists(_:)`` where another task has that name.
  public static func register(_ task: any RegisteredTask.Type) throws(TaskError) {
    let isFree = registered.withLock { others in
      if let other = (builtIn + others).first(where: { $0.name == task.name }) { return other == task }
      others.append(task)
      return true
    }
    if !isFree { throw .taskExists(task.name) }
  }
}
