"""A small shop by month, with one thing planted at a time, and its runs as the workspace would keep them."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from analysis.figures import summary
from analysis.history.earlier import LEFT, Earlier, earlier_of, left_behind
from analysis.intake.reading.read import read_file
from analysis.recipe import SegmentationPlan
from analysis.segments.params import RfmParams
from analysis.study import suggest
from analysis.study.refresh import refresh

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from analysis.recipe import Recipe
    from analysis.study.result import StudyResult

HEADERS = ("order_id", "customer_id", "order_date", "product", "quantity", "unit_price", "amount", "channel")
PRICES = {"tea": 12.0, "cup": 8.5, "pot": 30.0, "tray": 21.0, "book": 15.5}
CHANNELS = ("web", "shop", "fair")
Row = tuple[str, str, date, str, int, float, float, str]


def rows_of(first: date, days: int, *, seed: int, n: int = 150, price: float = 1.0) -> list[Row]:
    """Draw the orders of some days."""
    draw = random.Random(seed)
    found = []
    for number in range(n):
        product = draw.choice(list(PRICES))
        pieces, each = draw.randint(1, 3), round(PRICES[product] * price, 2)
        day = first + timedelta(days=number * days // n)
        customer = f"c{int(draw.triangular(0, 80, 0)):02d}"
        order = f"{first:%y%m}-{number:04d}"
        found.append((order, customer, day, product, pieces, each, round(pieces * each, 2), draw.choice(CHANNELS)))
    return found


def file_of(rows: Iterable[tuple[Any, ...]], name: str, headers: tuple[str, ...] = HEADERS) -> list[Any]:
    """Return rows as the tables of a file."""
    lines = [",".join(headers), *(",".join(map(str, row)) for row in rows)]
    return list(read_file("\n".join(lines).encode(), name=name))


@dataclass(frozen=True)
class Info:
    """What the workspace says of a snapshot."""

    as_of: date
    summary: dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """A run as the workspace keeps it."""

    info: Info
    recipe: Recipe
    profiles: pd.DataFrame
    segments: pd.DataFrame
    fitted: Any


def kept(result: StudyResult) -> Kept:
    """Return a run as a snapshot, through JSON as the workspace writes it."""
    import pandas as pd

    told = json.loads(json.dumps(summary(result) | {LEFT: left_behind(result)}))
    rows = [
        (method, key) for method, edited in result.edited.items() for key in edited.segmentation.segments["segment"]
    ]
    return Kept(
        Info(result.profiles.as_of, told), result.recipe, result.to_frame(),
        pd.DataFrame(rows, columns=["method", "segment"]), result.fitted,
    )  # fmt: skip


def first_run(*files: list[Any], **choices: Any) -> StudyResult:
    """Run the first files of a study as suggested."""
    tables = [table for file in files for table in file]
    plans = (SegmentationPlan(params=RfmParams()),)
    return refresh(tables, suggest(tables).model_copy(update={"segmentations": plans, **choices}))


def next_run(before: StudyResult, *files: list[Any]) -> tuple[StudyResult, Earlier]:
    """Run the files of a study again with others beside them; the recipe and the groups are those of before."""
    tables = [*before.standard.raws, *(table for file in files for table in file)]
    return refresh(tables, before.recipe, before), earlier_of(kept(before))


def with_rows(rows: list[Row], **changes: Any) -> list[Row]:
    """Return rows with a field of each replaced by what a function makes of the row."""
    places = {name: HEADERS.index(name) for name in changes}
    found = []
    for row in rows:
        cells: list[Any] = list(row)
        for name, change in changes.items():
            cells[places[name]] = change(row)
        found.append(tuple(cells))
    return found


__all__ = ["file_of", "first_run", "kept", "next_run", "replace", "rows_of", "with_rows"]
