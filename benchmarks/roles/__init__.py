"""Are tables and columns of files that nobody has seen taken for what they are?

``python -m benchmarks roles 300`` writes 300 small exports in the words and layouts of fifteen languages, and counts
what comes out right, asked or silently wrong. Another seed writes other files: ``python -m benchmarks roles 300 7``.
"""

from __future__ import annotations

import sys

from benchmarks.roles.files import SEED, made_files
from benchmarks.roles.measure import measured, report

FILES = 300


def main() -> None:
    """Measure the files asked for, and print what went wrong."""
    given = [int(word) for word in sys.argv[1:] if word.isdigit()]
    n, seed = (*given, FILES)[0] if given else FILES, given[1] if len(given) > 1 else SEED
    print(report(measured(made_files(n, seed))))
