"""InSight: which prompts should your RLVR trainer roll out next?

`Selector` chooses prompts and learns from their outcomes, inside your process. Each adapter for a training
framework is a separate module that imports its framework: `insight_rl.trl`, `insight_rl.verl`,
`insight_rl.verl_sampler`, `insight_rl.slime`, `insight_rl.trinity`.
"""

from insight_rl.config import SelectionConfig
from insight_rl.errors import (
    ArgumentError,
    ArgumentValueError,
    ConfigurationError,
    ForkedError,
    InsightError,
    LibraryError,
    OutcomeError,
    PoolError,
    SelectionError,
    SnapshotError,
    StorageError,
)
from insight_rl.picks import Beliefs, Pick, Picks
from insight_rl.rows import outcomes_of, prompt_ids
from insight_rl.selection import Group, Selection
from insight_rl.selector import Selector, methods

__version__ = "0.2.0"

__all__ = [
    "ArgumentError",
    "ArgumentValueError",
    "Beliefs",
    "ConfigurationError",
    "ForkedError",
    "Group",
    "InsightError",
    "LibraryError",
    "OutcomeError",
    "Pick",
    "Picks",
    "PoolError",
    "Selection",
    "SelectionConfig",
    "SelectionError",
    "Selector",
    "SnapshotError",
    "StorageError",
    "methods",
    "outcomes_of",
    "prompt_ids",
]
