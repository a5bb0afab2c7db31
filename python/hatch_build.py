"""Builds the Swift engine into the wheel, which then needs no Swift where it is installed."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class EngineHook(BuildHookInterface):
    """Runs `Scripts/build-library` of the checkout, or takes the library that INSIGHT_LIBRARY names."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the library and the platform's tag to the wheel.

        An editable install finds the library beside the sources, so it is copied there.
        """
        library = self._library()
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{_platform(library)}"
        if version == "editable":
            target = Path(self.root) / "src" / "insight_rl" / library.name
            # Not in place: a process may have the one that is there in memory.
            shutil.copy2(library, partial := target.with_suffix(".partial"))
            os.replace(partial, target)
        else:
            build_data["force_include"][str(library)] = f"insight_rl/{library.name}"

    def _library(self) -> Path:
        if named := os.environ.get("INSIGHT_LIBRARY"):
            return Path(named).resolve()
        checkout = Path(self.root).parent
        script = checkout / "Scripts" / "build-library"
        if not script.exists():
            raise SystemExit(
                f"insight-rl: {script} is missing: build the wheel inside a checkout of InSight (pip wheel "
                f"./python), or name a "
                "built library in INSIGHT_LIBRARY"
            )
        if shutil.which("swift") is None:
            raise SystemExit(
                "insight-rl: building the engine needs Swift 6.3 or later (https://swift.org/install)"
            )
        result = subprocess.run([str(script)], stdout=subprocess.PIPE, text=True, check=False)
        if result.returncode:
            raise SystemExit(
                f"insight-rl: {script} failed with code {result.returncode}; its messages are above"
            )
        return (checkout / result.stdout.strip().splitlines()[-1]).resolve()


def _platform(library: Path) -> str:
    """The tag of the oldest systems that have all the glibc symbols that `library` names."""
    machine = platform.machine()
    if sys.platform == "darwin":
        return f"macosx_15_0_{machine}"
    versions = {int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)", library.read_bytes())}
    return f"manylinux_2_{max(versions)}_{machine}"
