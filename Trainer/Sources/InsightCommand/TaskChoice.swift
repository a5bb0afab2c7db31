internal import InsightCLI
internal import InsightTasks
internal import InsightTraining

/// Which task a command is about; generic code takes it as a type.
enum TaskChoice {
  /// The names, for help and errors.
  static var names: String { Tasks.all.map { $0.name }.joined(separator: " or ") }

  /// The task that the option `--task` or the configuration's `task.name` names; Countdown where neither
  /// does.
  /// - Throws: `TrainingError.value` for an unknown name, or where the two say different things.
  static func task(option: String?, configuration: ConfigurationFile) throws -> any RegisteredTask.Type {
    let named = configuration.text(at: "task", "name")
    if let option, let named, option != named {
      throw TrainingError.value(
        name: "--task",
        value: option,
        expected: "'\(named)' as the configuration file says; leave one of them out"
      )
    }
    return try task(named: option ?? named ?? CountdownTask.name)
  }

  /// The task of the run in `directory`.
  /// - Throws: `RunDirectoryError` where there is no run, or its configuration cannot be read.
  static func task(ofRunAt directory: String) throws -> any RegisteredTask.Type {
    struct Named: Decodable {
      struct Task: Decodable {
        let name: String
      }
      let task: Task
    }
    return try task(named: RunDirectory.read(Named.self, ofRunAt: directory).task.name)
  }

  private static func task(named name: String) throws -> any RegisteredTask.Type {
    guard let task = Tasks.named(name) else {
      throw TrainingError.value(name: "task.name", value: "'\(name)'", expected: names)
    }
    return task
  }
}
