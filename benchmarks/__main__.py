"""Run benchmarks by name, or all of them."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile

NAMES = (
    "run",
    "slider",
    "sweep",
    "mixed",
    "first_screen",
    "pages",
    "card",
    "imports",
    "read_csv",
    "size",
    "read_experiment",
    "tags",
    "lifetime",
    "lists",
    "times",
    "feedback",
    "together",
    "encrypted",
    "spark",
    "calibration",
    "noise",
    "planted",
    "chance",
    "roles",
    "house",
    "mutations",
    "faults",
    "months",
    "retail_months",
    "alarms",
    "load",
    "matrix",
    "reports",
    "reports_seen",
)
# Minutes each, so only by name: damaged files, killed processes, a year of exports, many visitors, every kind of file.
BY_NAME = ("mutations", "faults", "months", "retail_months", "load", "matrix", "reports", "reports_seen")
# Words after one of them are its own: the names of rows, of another measure, of an action.
WITH_WORDS = ("calibration", "matrix", "faults", "retail_months")


def main() -> int:
    """Run the benchmarks named on the command line; numbers after a name are its own, and so are words at the end."""
    asked = [word for word in sys.argv[1:] if not word.isdigit()]
    if with_words := [place for place, word in enumerate(asked) if word in WITH_WORDS]:
        asked = asked[: with_words[0] + 1]
    with tempfile.TemporaryDirectory() as keys:  # of workspaces that benchmarks make, and nobody needs afterwards
        os.environ.setdefault("PORTRAIT_KEYS", keys)
        return _run(asked)


def _run(asked: list[str]) -> int:
    for name in asked or [name for name in NAMES if name not in BY_NAME]:
        if name not in NAMES:
            print(f"no benchmark {name!r}; there are: {', '.join(NAMES)}")
            return 2
        print(f"# {name}")
        if code := importlib.import_module(f"benchmarks.{name}").main():
            return int(code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
