"""What ``portrait run`` leaves behind: figures, profiles, workbook, rows set aside, recipe, each written whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.exports.contents import shown_profiles, with_segments, workbook_contents, write_set_aside_rows
from analysis.exports.files import recipe_to_yaml
from analysis.exports.workbook import write_workbook
from analysis.refresh import FIT_FILE, write_fit
from analysis.study import StudyResult, summary

if TYPE_CHECKING:
    from analysis.translate import Translate


def write_folder(result: StudyResult, out: Path, t: Translate, *, unmask: bool = False) -> list[Path]:
    """Write the figures, profiles, workbook, rows set aside, recipe and fit of a study into a folder.

    They are ``summary.json``, ``profiles.parquet``, ``segments.xlsx``, ``set_aside.csv``, ``recipe.yaml`` and
    ``fit.json``, which holds what the segmentations learned: with the profiles it is the run before of the next one.

    A file is complete or absent: each is written beside its place and moved there.

    Parameters
    ----------
    out : Path
        Created when it is not there.
    unmask : bool
        Names, phones, e-mails, id numbers and addresses in full; masked otherwise.
    """
    out.mkdir(parents=True, exist_ok=True)
    frame = with_segments(result, shown_profiles(result, unmask=unmask).customers)
    contents = workbook_contents(result, t, unmask=unmask)
    figures = json.dumps(summary(result), ensure_ascii=False, indent=2)
    steps: dict[str, Callable[[Path], object]] = {
        "summary.json": lambda path: path.write_text(figures, "utf-8"),
        "profiles.parquet": lambda path: frame.to_parquet(path, index=False),
        "segments.xlsx": lambda path: write_workbook(path, contents, t),
        "set_aside.csv": lambda path: write_set_aside_rows(result, path, unmask=unmask),
        "recipe.yaml": lambda path: path.write_text(recipe_to_yaml(result.recipe), "utf-8"),
        FIT_FILE: lambda path: write_fit(result, path),
    }

    def write(name: str) -> Path:
        part = out / f".{name}.part"
        steps[name](part)
        return part.replace(out / name)

    with ThreadPoolExecutor(1) as beside:  # the rows set aside are written by the database, all else by the interpreter
        rows = beside.submit(write, "set_aside.csv")
        for name in steps:
            if name != "set_aside.csv":
                write(name)
        rows.result()
    return [out / name for name in steps]


def folder_code(files: Sequence[str], language: str) -> str:
    """Return the lines of Python that read the files with ``recipe.yaml`` and write the folder again.

    Parameters
    ----------
    files : sequence of str
        Names of the files; the lines expect them, and ``recipe.yaml``, beside the notebook.
    language : "en" or "zh"

    Examples
    --------
    >>> print(folder_code(["orders.xlsx"], "en").splitlines()[-1])
    print(result.edited["rfm"].segmentation.segments)
    """
    names = ", ".join(repr(name) for name in dict.fromkeys(files))
    return "\n".join(
        (
            "from pathlib import Path",
            "",
            "from analysis.exports.files import recipe_from_yaml",
            "from analysis.exports.folder import write_folder",
            "from analysis.study import read, run",
            "from texts import translator",
            "",
            'recipe = recipe_from_yaml(Path("recipe.yaml").read_text("utf-8"))',
            f"result = run(read({names}), recipe)",
            f'write_folder(result, Path("out"), translator({language!r}, recipe.currency))',
            'print(result.edited["rfm"].segmentation.segments)',
        )
    )
