"""Files that are complete or unchanged, whoever else writes to the same name."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from insight_rl.errors import SnapshotError, StorageError


@contextmanager
def replacing(path: str | bytes | os.PathLike[str]) -> Iterator[Path]:
    """Gives a file to write under a temporary name that nobody else has; it then takes the place of `path`.

    Args:
        path: The file; a regular file that is there before is replaced, anything else is not.

    Raises:
        StorageError: Where it cannot be written; what was there before is then as it was.
    """
    name = os.fsencode(path)
    partial: bytes | None = None
    try:
        if os.path.lexists(name) and not stat.S_ISREG(os.lstat(name).st_mode):
            raise OSError("it is not a regular file")
        folder, base = os.path.split(name)
        # mkstemp opens with O_EXCL, so a link under a guessed name is never followed.
        handle, partial = tempfile.mkstemp(prefix=base[:100] + b".", suffix=b".partial", dir=folder or b".")
        os.close(handle)
        yield Path(os.fsdecode(partial))
        _sync(partial)
        os.replace(partial, name)
        partial = None
        with suppress(OSError):
            _sync(folder or b".")
    except OSError as error:
        raise _refused(name, error) from error
    finally:
        if partial is not None:
            with suppress(OSError):
                os.unlink(partial)


def write(path: str | bytes | os.PathLike[str], pieces: Iterable[bytes | memoryview]) -> None:
    """Writes `pieces` to a file, in order; see `replacing`."""
    with replacing(path) as partial, partial.open("wb") as file:
        for piece in pieces:
            file.write(piece)


def read(path: str | bytes | os.PathLike[str]) -> bytes:
    """Reads a whole file.

    Raises:
        StorageError: Where it cannot be read.
    """
    name = os.fsencode(path)
    try:
        with open(name, "rb") as file:
            return file.read()
    except OSError as error:
        raise _refused(name, error) from None


def is_utf8(name: bytes) -> bool:
    """Whether the engine, whose paths are UTF-8, can open a file of this name."""
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def named(path: bytes, opened: bytes) -> Iterator[None]:
    """Makes the engine's errors name the file at `path`; those of the system are `StorageError`s.

    Args:
        path: The file as the caller named it.
        opened: The name that the engine was given, which its errors about the system begin with.
    """
    try:
        yield
    except StorageError:
        raise
    except SnapshotError as error:
        shown, begin, text = os.fsdecode(path), os.fsdecode(opened), str(error)
        if text.startswith(begin):
            raise StorageError(f"{shown}: {text.rpartition(': ')[2]}") from None
        raise SnapshotError(f"{shown}: {text}") from None


def _refused(name: bytes, error: OSError) -> StorageError:
    return StorageError(f"{os.fsdecode(name)}: {error.strerror or error}")


def _sync(name: bytes) -> None:
    """Forces a file or a folder to disk."""
    handle = os.open(name, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
