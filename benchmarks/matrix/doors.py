"""Take files through the two doors, and judge what comes out: right, marked, asked, refused, or wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from analysis.errors import AnalysisError
from benchmarks.matrix.kinds import Kind

Verdict = Literal["right", "marked", "asked", "refused", "wrong"]
CENT = 0.011


@dataclass(frozen=True)
class Judged:
    """What a door made of a kind; ``why`` says what is wrong."""

    verdict: Verdict
    why: str = ""


@contextmanager
def laid_out(kind: Kind) -> Generator[list[Path]]:
    """Write the files of a kind into a folder of their own."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in kind.files]
        for path in paths:
            path.write_bytes(kind.files[path.name])
        yield paths


def by_command(kind: Kind, *, only_figures: bool = False) -> Judged:
    """Run ``portrait run`` on the files, in this process; ``only_figures`` leaves segments out, which take longest."""
    import cli
    from analysis.exports.files import recipe_to_yaml
    from analysis.study import read, suggest

    with laid_out(kind) as paths, TemporaryDirectory() as folder:
        asked = ["run", *map(str, paths), "-o", f"{folder}/out"]
        said = StringIO()
        if only_figures:
            try:
                recipe = suggest(read(paths)).model_copy(update={"segmentations": ()})
            except AnalysisError as problem:
                return _refused(kind, problem.code)
            (Path(folder) / "recipe.yaml").write_text(recipe_to_yaml(recipe), "utf-8")
            asked += ["--recipe", f"{folder}/recipe.yaml"]
        with redirect_stderr(said), redirect_stdout(said):
            code = cli.main(asked)
        if code:
            return _refused(kind, kind.refused if kind.refused else said.getvalue().strip()[-200:])
        return judge(kind, json.loads((Path(folder) / "out" / "summary.json").read_text("utf-8")))


def by_app(kind: Kind, language: str = "en") -> Judged:
    """Keep the files as a study, open its first page, and hold what stands there against the summary.

    ``PORTRAIT_HOME`` must name an empty folder.
    """
    from streamlit.testing.v1 import AppTest

    from analysis.figures import summary
    from analysis.study import prepare, prepared_version, read, run, suggest
    from analysis.workspace.runs import save_prepared
    from analysis.workspace.store import Workspace

    with laid_out(kind) as paths:
        try:
            tables = read(paths)
            recipe = suggest(tables)
        except AnalysisError as problem:
            return _refused(kind, problem.code)
        workspace = Workspace.open()
        study = workspace.create_study(kind.name)
        stored = [workspace.store_raw(study, table) for table in tables]
        workspace.save_recipe(study, recipe, 0)
        # What the page would prepare while somebody waits.
        save_prepared(prepare(stored, recipe), workspace.run_folder(study, prepared_version(stored, recipe)))
        workspace.close()
        found = summary(run(stored, recipe))
    at = AppTest.from_file(str(Path(__file__).parents[2] / "ui" / "main.py"), default_timeout=120)
    at.query_params["study"], at.query_params["lang"] = study, language
    at = at.run().switch_page("../pages/customers/overview.py").run()
    if at.exception:
        return Judged("wrong", f"the page fails: {at.exception[0].value}")
    strip = [one.key for one in at.button if str(one.key).startswith(("question_", "guess_"))]
    if bool(strip) != bool(found["guesses"]):
        return Judged("wrong", f"the page asks {strip}, the figures hold {[one['what'] for one in found['guesses']]}")
    told = (*at.markdown, *at.caption, *at.title, *at.subheader, *at.metric)
    shown = " ".join(str(one.value) for one in told)
    # Of a study with segments the page shows the size of each, otherwise that of all.
    sizes = sum(int(size.replace(",", "")) for size in re.findall(r"\n([\d,]+)", shown))
    if kind.customers is not None and not kind.said and kind.customers != sizes and str(kind.customers) not in shown:
        return Judged("wrong", f"{kind.customers} customers do not stand on the page")
    return judge(kind, found)


def judge(kind: Kind, figures: dict[str, Any]) -> Judged:
    """Hold figures against the truth of a kind."""
    if kind.refused:
        return Judged("wrong", "figures of what cannot be answered")
    wrong = [
        f"{name} {figures[name]} instead of {right}"
        for name in ("customers", "orders", "revenue")
        if (right := getattr(kind, name)) is not None
        and (figures[name] is None or abs(figures[name] - right) > (CENT if name == "revenue" else 0))
    ]
    asked, marked = ({one["what"] for one in figures[name]} for name in ("questions", "guesses"))
    if kind.said:
        if kind.said not in marked:
            return Judged("wrong", f"nothing is said of the {kind.said}")
        return Judged("asked" if kind.said in asked else "marked")
    if wrong:
        return Judged("wrong", "; ".join(wrong))
    return Judged("asked" if asked else "marked" if marked else "right")


def _refused(kind: Kind, code: str) -> Judged:
    return Judged("refused") if code == kind.refused else Judged("wrong", f"refused: {code}")
