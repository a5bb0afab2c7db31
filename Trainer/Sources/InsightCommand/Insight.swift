internal import ArgumentParser
internal import InsightCLI

/// The command `insight`; a new subcommand adds a line here.
@main
struct Insight: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "insight",
    abstract:
      "Chooses the prompts that are worth rolling out in reinforcement learning with verifiable rewards.",
    discussion: """
      Most rollouts of GRPO teach nothing: every answer right, or every answer wrong, and the gradient is zero. \
      InSight keeps a belief about each prompt's success rate and picks the prompts whose rollouts will tell \
      most (arXiv:2603.01907).

      A FIRST TOUR
        insight score --belief 1,1 --belief 4,6       what is a prompt worth, unseen or solved 3 of 8 times?
        insight verify countdown --numbers 3,5,7 --target 22 --completion '<answer>3*5+7</answer>'
        insight train --output runs/first --steps 20  train a small transformer; then look into runs/first
        insight train --output runs/random --method random --steps 20
        insight arena --output arenas/first --quick   which method saves rollouts?
        insight methods                               what else there is to choose by
        insight trace --history runs/first/groups.jsonl   what was learned about each prompt
        insight train --resume runs/first             go on after Ctrl-C, a kill or a full disk

      Exit codes: 0 done, 1 failed, 64 bad arguments, 130 stopped by Ctrl-C and 143 by a kill, with \
      everything saved.
      """,
    version: insightVersion,
    subcommands: [
      TrainCommand.self,
      ArenaCommand.self,
      PretrainCommand.self,
      FigureCommand.self,
      MethodsCommand.self,
      ScoreCommand.self,
      TraceCommand.self,
      CalibrationCommand.self,
      VerifyCommand.self,
    ]
  )
}
