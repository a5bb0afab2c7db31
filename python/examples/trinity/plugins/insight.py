"""Short names for InSight in Trinity's configuration: `insight` and `insight_outcomes`.

Trinity executes the Python files of the folder given by `--plugin-dir` or TRINITY_PLUGIN_DIRS, in every
process that needs them. Without this file the parts go by import paths, such as
`insight_rl.trinity.InSightSelector`.
"""

from trinity.buffer.operators import EXPERIENCE_OPERATORS
from trinity.buffer.selector import SELECTORS
from trinity.utils.monitor import MONITOR

from insight_rl.trinity import InSightMonitor, InSightSelector, OutcomesOperator

# force: Trinity may load its plug-ins twice in one process.
SELECTORS.register_module("insight", InSightSelector, force=True)
EXPERIENCE_OPERATORS.register_module("insight_outcomes", OutcomesOperator, force=True)
MONITOR.register_module("insight", InSightMonitor, force=True)
