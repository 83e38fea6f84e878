"""What ``portrait run`` leaves behind: figures, profiles, workbook, rows set aside and the recipe, each written whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.exports.files import recipe_to_yaml
from analysis.exports.workbook import NamedSegmentation, WorkbookContents, write_workbook
from analysis.intake.set_aside import set_aside_rows, write_set_aside
from analysis.profiles.personal import mask_cells, masked
from analysis.segments.names import segment_names
from analysis.study import StudyResult, summary

if TYPE_CHECKING:
    import pandas as pd

    from analysis.exports.words import Words

SEGMENT_COLUMNS = {"rfm": "segment_rfm", "clusters": "segment_cluster"}


def write_folder(result: StudyResult, out: Path, t: Words, *, unmask: bool = False) -> list[Path]:
    """Write ``summary.json``, ``profiles.parquet``, ``segments.xlsx``, ``set_aside.csv`` and ``recipe.yaml``.

    A file is complete or absent: each is written beside its place and moved there.

    Parameters
    ----------
    out : Path
        Created when it is not there.
    unmask : bool
        Names, phones, e-mails, id numbers and addresses in full; masked otherwise.
    """
    out.mkdir(parents=True, exist_ok=True)
    shown = result.profiles if unmask else masked(result.profiles)
    frame = with_segments(result, shown.customers)
    contents = workbook_contents(result, t, unmask=unmask)
    steps: list[tuple[str, Callable[[Path], object]]] = [
        ("summary.json", lambda path: path.write_text(json.dumps(summary(result), ensure_ascii=False, indent=2), "utf-8")),
        ("profiles.parquet", lambda path: frame.to_parquet(path, index=False)),
        ("segments.xlsx", lambda path: write_workbook(path, contents, t)),
        ("set_aside.csv", lambda path: write_set_aside(result.standard, result.recipe, path, unmask=unmask)),
        ("recipe.yaml", lambda path: path.write_text(recipe_to_yaml(result.recipe), "utf-8")),
    ]
    for name, write in steps:
        part = out / f".{name}.part"
        write(part)
        part.replace(out / name)
    return [out / name for name, _ in steps]


def with_segments(result: StudyResult, customers: pd.DataFrame) -> pd.DataFrame:
    """Return the profiles with one column of segment keys per segmentation, missing for customers outside."""
    import pandas as pd

    labels = {
        column: result.edited[method].segmentation.labels
        if method in result.edited
        else pd.Series(pd.NA, index=customers.index, dtype="str")
        for method, column in SEGMENT_COLUMNS.items()
    }
    return customers.assign(**labels)


def workbook_contents(result: StudyResult, t: Words, *, unmask: bool = False) -> WorkbookContents:
    """Gather what the workbook shows; the RFM segments come first, and get a sheet each."""
    rows = set_aside_rows(result.standard, result.recipe)
    if not unmask and len(rows):
        rows = rows.assign(cells=mask_cells(rows["cells"], result.recipe.personal_headers()))
    return WorkbookContents(
        study=result.recipe.name or ", ".join(sorted({table.file for table in result.standard.raws})),
        profiles=result.profiles if unmask else masked(result.profiles),
        segmentations=tuple(
            NamedSegmentation(edited.segmentation, _names(result, method, t)) for method, edited in result.edited.items()
        ),
        counts=result.standard.counts,
        set_aside=rows,
        recipe=result.recipe,
        is_masked=not unmask and any(feature.personal for feature in result.profiles.features),
    )


def _names(result: StudyResult, method: str, t: Words) -> dict[str, str]:
    found = result.segmentations[method]
    edited = result.edited[method]
    keys = list(edited.segmentation.segments["segment"])
    return segment_names(
        keys,
        t,  # pyright: ignore
        names=edited.names,
        traits=getattr(found, "traits", None),
        features=getattr(found, "features", ()),
    )
