public import ArgumentParser

/// The command `insight` of two programs, with and without tensors.
///
/// See `TensorProgram`.
public enum RootCommand {
  /// The command's help and subcommands.
  /// - Parameters:
  ///   - train: `insight train`.
  ///   - pretrain: `insight pretrain`.
  /// - Returns: the configuration of the root command.
  public static func configuration(
    train: any ParsableCommand.Type,
    pretrain: any ParsableCommand.Type
  ) -> CommandConfiguration {
    CommandConfiguration(
      commandName: "insight",
      abstract:
        "Chooses the prompts that are worth rolling out in reinforcement learning with verifiable rewards.",
      discussion: """
        Most rollouts of GRPO teach nothing: every answer is right, or every answer is wrong, and the gradient is \
        zero. InSight keeps a belief about each prompt's success rate and picks prompts that will probably give \
        both right and wrong answers. The paper's method (arXiv:2603.01907) and others can be chosen.

        A FIRST TOUR
          insight score --belief 1,1 --belief 4,6       what is a prompt worth, unseen or solved 3 of 8 times?
          insight verify countdown --numbers 3,5,7 --target 22 --completion '<answer>3*5+7</answer>'
          insight train --output runs/first --steps 20  train a small transformer; then look into runs/first
          insight train --output runs/random --method random --steps 20
          insight arena --output arenas/first --quick   which method saves rollouts?
          insight methods                               which methods are there?
          insight trace --history runs/first/groups.jsonl   what was learned about each prompt
          insight train --resume runs/first             go on after Ctrl-C, a kill or a full disk

        EXIT CODES
          0    done
          1    failed; the message says why and what to do
          3    training diverged: a lower learning rate may mend it
          64   the arguments cannot be used
          130  stopped by Ctrl-C, with everything saved
          143  stopped by a kill, with everything saved
        """,
      version: insightVersion,
      subcommands: [
        train,
        ArenaCommand.self,
        pretrain,
        FigureCommand.self,
        MethodsCommand.self,
        ScoreCommand.self,
        TraceCommand.self,
        CalibrationCommand.self,
        VerifyCommand.self,
      ]
    )
  }

  /// The help's summary of `insight train`, in one line.
  public static let trainAbstract = "Train a transformer by GRPO on prompts that a selection method chooses."

  /// The help's summary of `insight pretrain`, in one line.
  public static let pretrainAbstract = "Make a base model by supervised steps on generated solutions."
}
