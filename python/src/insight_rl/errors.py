"""What can go wrong. Each error says what was wrong, what was expected and what to do.

Every error is an `InsightError`, and also of the built-in kind that Python code expects, such as
`ValueError`.
"""

from __future__ import annotations


class InsightError(Exception):
    """Anything that this package refuses to do. The call changed nothing."""


class LibraryError(InsightError, ImportError):
    """The engine's shared library is missing, or has another version."""


class ArgumentError(InsightError, TypeError):
    """An argument has the wrong kind, such as a float for a ticket."""


class ArgumentValueError(InsightError, ValueError):
    """An argument has the right kind and a value out of range."""


class ConfigurationError(InsightError, ValueError):
    """A setting is unknown, out of range, contradicts another, or asks for what the trainer cannot do."""


class PoolError(InsightError, ValueError):
    """The prompts do not make a pool: an id is missing, repeated or equal for all, or domains do not fit."""


class SelectionError(InsightError, ValueError):
    """More prompts were asked for than are free, or rollouts are out of range."""


class OutcomeError(InsightError, ValueError):
    """A report cannot be learned from, such as one with an unknown ticket or a shaped reward."""


class SnapshotError(InsightError, ValueError):
    """Saved state is damaged, or belongs to another pool or configuration."""


class StorageError(SnapshotError, OSError):
    """A file cannot be read or written."""


class ForkedError(InsightError, RuntimeError):
    """The selector was made in the process that this one was forked from."""
