"""How much is asked, and does what is asked or marked offer the right reading?

``python -m benchmarks matrix offers`` measures the kinds of ``kinds.py``; with the path of a JSON file of cases behind
it, as ``[{"files": [...], "expect": {"customers": 9, "revenue": [12.5, 0.01]}}]``, also the files beside it.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from analysis.errors import AnalysisError
from analysis.intake.fixes import apply_fix
from analysis.recipe import Recipe
from benchmarks.matrix.doors import CENT, laid_out
from benchmarks.matrix.kinds import kinds

FIGURES = ("customers", "orders", "revenue")
Offer = Literal["right", "offered", "missing", "wrong", "refused"]


def offers(
    paths: Sequence[Path], truth: Mapping[str, float], within: Mapping[str, float] | None = None
) -> tuple[Offer, str]:
    """Return whether figures are right, or one click away, and whether files are ``asked``, ``marked`` or neither.

    ``right`` is what the choice made gives, ``offered`` what one of its alternatives gives; ``missing`` is what is said
    without the right one among the offers, ``wrong`` what is not said. A figure may differ by what ``within`` says of
    it, by a cent otherwise.
    """
    from analysis.intake.fixes import AnyFix
    from analysis.study import read, run, suggest

    try:
        tables = read(paths)
        recipe = suggest(tables).model_copy(update={"segmentations": ()})
        result = run(tables, recipe)
    except AnalysisError:
        return "refused", ""
    guesses = [one for one in result.decisions if one.is_guess]
    how = "asked" if any(one.is_question for one in guesses) else "marked" if guesses else ""

    def fits(changed: Recipe) -> bool:
        from analysis.figures import summary

        found = summary(run(tables, changed))
        near = {name: max(CENT, (within or {}).get(name, 0.0)) for name in truth}
        return all(found[name] is not None and abs(found[name] - right) <= near[name] for name, right in truth.items())

    if fits(recipe):
        return "right", how
    fixes: list[AnyFix] = [other.fix for one in guesses for other in one.alternatives if other.fix is not None]
    for fix in fixes:
        try:
            if fits(apply_fix(recipe, fix)):
                return "offered", how
        except AnalysisError:  # what cannot be read in that way
            continue
    return ("missing" if guesses else "wrong"), how


def main() -> None:
    """Print what is said without the right reading, and the shares."""
    counts: Counter[tuple[Offer, str]] = Counter()
    for kind in kinds():
        truth = {name: float(right) for name in FIGURES if (right := getattr(kind, name)) is not None}
        if truth:
            with laid_out(kind) as paths:
                _count(counts, kind.name, offers(paths, truth))
    print(f"kinds: {_shares(counts)}")
    for path in (Path(word) for word in sys.argv[1:] if word.endswith(".json")):
        found: Counter[tuple[Offer, str]] = Counter()
        for case in json.loads(path.read_text("utf-8")):
            if "set" in case:
                continue  # read as a person says
            told = {name: right[0] if isinstance(right, list) else right for name, right in case["expect"].items()}
            truth = {name: float(right) for name, right in told.items() if name in FIGURES}
            within = {name: float(right[1]) for name, right in case["expect"].items() if isinstance(right, list)}
            _count(found, case["files"][0], offers([path.parent / name for name in case["files"]], truth, within))
        print(f"{path.name}: {_shares(found)}")


def _count(counts: Counter[tuple[Offer, str]], name: str, found: tuple[Offer, str]) -> None:
    counts[found] += 1
    if found[0] in ("missing", "wrong"):
        print(f"{name}: {found[0]} {found[1]}".rstrip(), flush=True)


def _shares(counts: Counter[tuple[Offer, str]]) -> str:
    n = sum(counts.values())
    asked = sum(count for (_, how), count in counts.items() if how == "asked")
    said = {offer: sum(count for (one, how), count in counts.items() if one == offer and how) for offer, _ in counts}
    near = said.get("right", 0) + said.get("offered", 0)
    silent = sum(count for (offer, _), count in counts.items() if offer == "wrong")
    return (
        f"{n} read, {asked} asked, {sum(said.values())} asked or marked ({near} with the right reading), {silent} wrong"
    )
