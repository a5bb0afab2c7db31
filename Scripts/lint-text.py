"""Checks what people read: the width of lines, phrases that are not English, links, and that versions agree.

    python3 Scripts/lint-text.py

Looks at tracked Markdown, Swift, C and Python files, and prints one line for each fault, as file:line: fault.
`swift format` and `ruff` know code; neither looks at the width of a Swift comment or at a sentence.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

WIDTH = 110
# The phrase, and what to write in its place. "There is no …" and "is no longer" are English.
PHRASES = [
    (
        re.compile(r"(?<!there )\b(is|are) no (?!longer\b|more\b)", re.I),
        "write 'is not a …', 'has no …' or 'without …'",
    ),
    (re.compile(r"\bthere twice\b", re.I), "write 'appears twice'"),
    (re.compile(r"\bof (its|their|our) own\b", re.I), "write 'its own …'"),
    (re.compile(r"\btaken for\b", re.I), "write 'treated as …'"),
]
# Programs wrote these, or a licence fixes their words.
GENERATED = re.compile(r"/Resources/|/Fixtures/|^LICENSE|^python/LICENSE|^experiments/.*/report\.html$")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
VERSIONS = {
    "python/src/insight_rl/__init__.py": r'^__version__ = "(.+)"',
    "Sources/InsightCLI/Support/Version.swift": r'insightVersion = "(.+)"',
    "CITATION.cff": r"^version: (.+)",
    "CHANGELOG.md": r"^## (\d+\.\d+\.\d+) ",
}


def prose(path: str, text: str) -> list[tuple[int, str, bool]]:
    """Returns the lines that are sentences or comments: number, text, and whether its width is checked."""
    lines = []
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if path.endswith(".md"):
            fenced ^= line.lstrip().startswith("```")
            # A table's row and a line that is one long word cannot be broken.
            breakable = not line.startswith("|") and " " in line[:WIDTH].strip()
            lines.append((number, "" if fenced else line, breakable and "](http" not in line))
        else:
            # Of code only comments: swift format and ruff know the rest.
            lines.append((number, line, line.lstrip().startswith(("//", "/*", "* "))))
    return lines


def faults(path: str, text: str) -> list[str]:
    """Returns what is wrong with one file."""
    found = []
    for number, line, wide in prose(path, text):
        if wide and len(line) > WIDTH:
            found.append(f"{path}:{number}: {len(line)} columns, of {WIDTH}")
        for phrase, advice in PHRASES:
            if match := phrase.search(line):
                found.append(f"{path}:{number}: '{match.group().strip()}': {advice}")
        for target in LINK.findall(line) if path.endswith(".md") else []:
            if "://" not in target and not (Path(path).parent / target).exists():
                found.append(f"{path}:{number}: the link to {target} leads nowhere")
    return found


def versions() -> list[str]:
    """Returns a fault where the places that state the version do not agree."""
    found = {
        path: match.group(1) if (match := re.search(pattern, Path(path).read_text(), re.M)) else "none"
        for path, pattern in VERSIONS.items()
    }
    if len(set(found.values())) == 1:
        return []
    return [f"{path}: version {version}; the versions differ" for path, version in found.items()]


def main() -> None:
    """Checks every tracked file."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    tracked = subprocess.run(
        ["git", "ls-files", "*.md", "*.swift", "*.h", "*.c", "*.cpp", "*.py"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.split()
    wrong = versions()
    for path in tracked:
        if path == "Scripts/lint-text.py" or GENERATED.search(path):
            continue
        if Path(path).exists():
            wrong += faults(path, Path(path).read_text())
    if wrong:
        print("\n".join(wrong))
        sys.exit(f"lint-text: {len(wrong)} faults")


if __name__ == "__main__":
    main()
