"""How long ``import analysis`` takes, as a whole process against an empty one."""

from __future__ import annotations

from benchmarks.measure import report, script, side_by_side


def main() -> None:
    """Print both times."""
    commands = {"import analysis": script("import analysis, analysis.study"), "empty Python": script("pass")}
    report(side_by_side(commands, runs=7), ours="import analysis")


if __name__ == "__main__":
    main()
