"""A name with marks of Markdown, HTML and links in it is plain text in every widget of every page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from analysis.experiments.arms.result import Estimate
from analysis.experiments.planning.plan import ProportionPlan
from analysis.experiments.reading.decide import Rule
from analysis.experiments.record import (
    Audience,
    Experiment,
    KeptComparison,
    KeptDecision,
    KeptPlan,
    KeptReading,
    KeptRule,
    TypedArm,
    TypedSource,
)
from analysis.intake.reading.read import read_file
from analysis.personas.hypothesis import HypothesisPersona
from analysis.segments.methods import METHODS
from analysis.segments.params import SegmentEdit
from analysis.study import suggest
from analysis.workspace import Workspace
from analysis.workspace.documents import PersonaWords, persona_name
from tests.exports.test_hostile_names import expressions
from tests.pages.test_every_page import PAGES
from tests.pages.test_overview import look

# With a number at its end at most 80 characters, as the name of a segment may be; "zq" stands in no sentence of ours.
MARK = "**zq** [zq](http://zq.example) ![zq](//zq/x.png) :red[zq] $zq$ <b>zq</b> `zq`"
# What would still be a mark once the escaped ones are taken away.
BARE = re.compile(r"[*\[$`!:>#]zq|zq[*\]$`<]|\]\(|https?://zq|<b>")
ESCAPED = re.compile(r"\\.", re.DOTALL)
# What the browser writes as it stands: fields of each element that are not Markdown.
PLAIN = {
    "alt",
    "arrow_data",
    "code_text",
    "data",
    "datasets",
    "default",
    "default_value",
    "file_name",
    "form_id",
    "id",
    "key",
    "placeholder",
    "proto",
    "raw_value",
    "raw_values",
    "set_value",
    "spec",
    "url",
    "value",
}
# Options are Markdown in some widgets and plain text in the lists of others.
PLAIN_OPTIONS = {"selectbox", "multiselect"}
# Pages that are known to draw: were their charts not found, nothing would be looked at.
WITH_CHARTS = {"segments/rfm", "segments/clusters", "experiments/plan", "data/check"}
COUNTRY = ("Leeds", MARK, "York")


def rows() -> str:
    """Return lines of sales: marked headers, a marked product, category, channel, city, and a marked extra column."""
    lines = [
        {
            "customer_id": f"C{who:03}",
            "order_id": f"O{who:03}-{again}",
            "order_date": date(2024, 1, 1) + timedelta(days=(who * 7 + again * (who % 5 + 3) * 9) % 360),
            "amount": 20 + who % 17 + again,
            "product": (MARK, "Tea", "Cup")[(who + again) % 3],
            "category": (MARK, "Drinks")[who % 2],
            "channel": (MARK, "Shop")[who // 2 % 2],
            "city": COUNTRY[who % 3],
            MARK: ("gold " + MARK, "silver")[who % 2],
            f"{MARK} 2": who * 31 % 97,
        }
        for who in range(150)
        for again in range(1 + who % 4)
    ]
    out = StringIO()
    pd.DataFrame(lines).to_csv(out, index=False)
    return out.getvalue()


def members() -> str:
    """Return customers of another file, joined to the lines by a marked header."""
    people = [
        {"customer_id": f"C{who:03}", "gender": "FM"[who % 2], MARK: MARK, f"{MARK} 3": who * 17 % 83}
        for who in range(150)
    ]
    out = StringIO()
    pd.DataFrame(people).to_csv(out, index=False)
    return out.getvalue()


def marked_experiment() -> Experiment:
    """Return an experiment that was planned, read and decided, with every name marked."""
    now = datetime(2025, 7, 20, 9, 0, tzinfo=UTC)
    result = KeptComparison(
        metric=MARK, arm=MARK, control=MARK + "2", n_arm=1000, n_control=1000, value_arm=0.25, value_control=0.2,
        absolute=Estimate(0.05, 0.0134, 0.0865, 0.95, "newcombe"), p=0.0074,
    )  # fmt: skip
    arms = (
        TypedArm(name=MARK + "2", n=1000, conversions=200),
        TypedArm(name=MARK, n=1000, conversions=250),
        TypedArm(name=MARK + "3", n=1000, conversions=230),
    )
    return Experiment(
        name=MARK,
        plan=KeptPlan(choices=ProportionPlan(baseline=0.2, effect=0.05), outcome=MARK),
        rule=KeptRule(rule=Rule(target=0.02), fixed_at=now),
        audience=Audience(method="rfm", segment="champions", name=MARK, n=40),
        readings=(KeptReading(read_at=now, source=TypedSource(arms=arms), results=(result,), days=14),),
        decision=KeptDecision(
            verdict="ship", by_rule="ship", reason="target_met", arm=MARK, decided_at=now, read_at=now, why=MARK
        ),
        learned=MARK,
    )


@pytest.fixture(scope="module")
def kept_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Return a home with one study and one experiment in which everything that has a name has a marked one."""
    home = tmp_path_factory.mktemp("marked")
    workspace = Workspace.open(home)
    study = workspace.create_study(MARK)
    # The name of a file as a request may send it, slashes and all.
    stored = [workspace.store_raw(study, table) for table in read_file(rows().encode(), name=f"{MARK}.csv")]
    stored += [workspace.store_raw(study, table) for table in read_file(members().encode(), name=f"2{MARK}.csv")]
    recipe = suggest(stored).model_copy(update={"name": MARK})
    for kind, method in METHODS.items():
        plan = recipe.plan_or_usual(kind)
        keys = list(method.colours) or [f"cluster_{n}" for n in range(6)]
        edits = tuple(SegmentEdit(segment=key, name=f"{MARK} {n}") for n, key in enumerate(keys))
        recipe = recipe.with_plan(plan.model_copy(update={"edits": edits}))
    workspace.save_recipe(study, recipe, 0)
    for method in METHODS.values():
        for segment in method.colours:
            own = PersonaWords(method=method.kind, segment=segment, name=MARK, goals=MARK, pains=MARK, quote=MARK)
            workspace.save_document("persona", own, persona_name(method.kind, segment), study, revision=0)
    believed = HypothesisPersona(name=MARK, notes=MARK, method="rfm", segment="champions")
    workspace.save_document("hypothesis", believed, None, study, revision=0)
    experiment = workspace.add_experiment(marked_experiment(), study)
    workspace.close()
    return home, study, experiment


@pytest.fixture
def marked(kept_home: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Return the study and the experiment; every page opens the same home, as in one visit."""
    home, study, experiment = kept_home
    monkeypatch.setenv("PORTRAIT_HOME", str(home))
    return study, experiment


def texts_of(message: Message, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every text of an element with the names of the fields that lead to it."""
    for field, value in message.ListFields():
        here = (*path, field.name)
        for one in value if field.is_repeated and not field.message_type else [value]:
            if isinstance(one, str):
                yield here, one
        if field.message_type and not field.message_type.GetOptions().map_entry:
            for one in value if field.is_repeated else [value]:
                yield from texts_of(one, here)


def markdown_of(app: AppTest) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what the browser renders as Markdown: every text but those known to be plain, and the help of columns."""
    for path, text in all_texts(app):
        if path[0] == "Html":  # no Markdown: a name in it is escaped for HTML
            if "<b>" in text:
                yield path, text
        elif path[-1] == "columns" and text.startswith("{"):
            for column in json.loads(text).values():
                yield (*path, "help"), str(column.get("help", ""))
        elif path[-1] not in PLAIN and not (path[-1] == "options" and path[0].lower() in PLAIN_OPTIONS):
            yield path, text


def all_texts(app: AppTest) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every text that a page sends to the browser."""
    for element in walk(app._tree):  # pyright: ignore[reportPrivateUsage]
        if (proto := getattr(element, "proto", None)) is not None:
            yield from texts_of(proto, (type(proto).__name__,))


def walk(node: Any) -> Iterator[Any]:
    """Yield every element and block of a page."""
    yield node
    for child in getattr(node, "children", {}).values():
        yield from walk(child)


def bare(app: AppTest) -> list[tuple[tuple[str, ...], str]]:
    """Return the texts in which a mark of a name is left as a mark."""
    found = [(path, text) for path, text in markdown_of(app) if "zq" in text]
    return [(path, text) for path, text in found if BARE.search(ESCAPED.sub("·", text))]


@pytest.mark.parametrize("page", PAGES)
def test_marks_in_names_are_text_on_every_page(
    page: str, open_page: Callable[..., AppTest], marked: tuple[str, str]
) -> None:
    app = open_page(page, study=marked[0], experiment=marked[1])
    assert not app.exception, app.exception
    plain_text_and_charts(app, drawn=page in WITH_CHARTS)


@pytest.mark.parametrize("view", ["figures", "people", "return", "products"])
def test_marks_in_names_are_text_in_every_view_of_the_overview(
    view: str, open_page: Callable[..., AppTest], marked: tuple[str, str]
) -> None:
    app = look(open_page("customers/overview", study=marked[0]), view)
    assert not app.exception, app.exception
    plain_text_and_charts(app, drawn=view != "products")  # those are a table


def test_marks_in_names_are_text_in_the_pictures_of_compare(
    open_page: Callable[..., AppTest], marked: tuple[str, str]
) -> None:
    app = open_page("segments/compare", study=marked[0])
    app.get_by_key("compare_view").set_value("dimensions").run()
    assert not app.exception, app.exception
    plain_text_and_charts(app, drawn=True)


def plain_text_and_charts(app: AppTest, *, drawn: bool) -> None:
    """Hold that no name is Markdown, nor part of what Vega evaluates or follows; ``drawn``: there are charts."""
    assert bare(app) == [], "\n".join(map(str, bare(app)))
    specs = [spec for path, spec in all_texts(app) if path[-1] == "spec"]
    assert specs or not drawn
    assert [found for spec in specs for found in expressions(json.loads(spec)) if "zq" in found[1]] == []
