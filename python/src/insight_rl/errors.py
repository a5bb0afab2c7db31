"""What can go wrong, each with a sentence that says what was expected and what to do."""

from __future__ import annotations


class InsightError(Exception):
    """Anything that this package refuses to do; what it was asked to change is then as it was."""


class LibraryError(InsightError):
    """The engine's shared library is missing, or of another version."""


class ConfigurationError(InsightError):
    """A setting is unknown, out of range, or contradicts another."""


class PoolError(InsightError):
    """The prompts make no pool: an id is missing, there twice or equal for all, domains do not fit."""


class SelectionError(InsightError):
    """More prompts were asked for than are free, or rollouts out of range."""


class OutcomeError(InsightError):
    """A report that cannot be: an unknown ticket, a shaped score, too many outcomes, a bad policy version."""


class SnapshotError(InsightError):
    """Saved state is damaged, or belongs to another pool or configuration."""


class ForkedError(InsightError):
    """The selector was made in the process that this one was forked from."""
