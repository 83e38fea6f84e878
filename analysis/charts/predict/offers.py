"""Charts of offers: what is offered to most, how ways to rank did on last orders, and what is bought together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.charts.palette import ACCENT, CATEGORICAL, INK, axis_of_lines, legend_above, look, titled, within
from analysis.errors import AnalysisError
from analysis.predict.offers.measure import TASKS

if TYPE_CHECKING:
    import altair as alt

    from analysis.predict.offers.result import Offers
    from analysis.predict.offers.together import Together
    from analysis.translate import Translate

MOST_BARS = 8
LABELS = 200  # pixels of a product's name
STEP = 23  # of a bar whose name has two lines


def offered(found: Offers, t: Translate, which: str = "next") -> alt.LayerChart:
    """Draw how many customers are offered which product first, of one list. Fields: ``name``, ``customers``.

    Raises
    ------
    AnalysisError
        ``offers_none_again``: nobody is offered anything of the list.
    """
    import altair as alt

    rows = found.firsts(which)
    if rows.empty:
        raise AnalysisError("offers_none_again")
    data = rows["name"].value_counts().head(MOST_BARS).rename_axis("name").rename("customers").reset_index()
    data["lines"] = within(data["name"], LABELS)
    bars = (
        alt.Chart(data)
        .mark_bar(color=ACCENT)
        .encode(
            x=alt.X("customers:Q", title=t("charts.customers"), axis=alt.Axis(format=",~f", tickCount=5)),
            y=alt.Y("lines:N", title=None, sort=data["lines"].tolist(), axis=axis_of_lines(LABELS)),
            tooltip=[
                alt.Tooltip("name:N", title=t("charts.offers_product")),
                alt.Tooltip("customers:Q", title=t("charts.customers"), format=","),
            ],
        )
    )
    first = data.iloc[0]
    title = t("charts.offers_most", name=first["name"], customers=int(first["customers"]), n=len(rows))
    return look(alt.layer(bars), width="container", height=alt.Step(STEP), title=titled(title))


def tried(found: Offers, t: Translate) -> alt.LayerChart:
    """Draw the share of the last orders' products that each way to rank found, with its interval.

    Fields: ``task``, ``way`` (words), ``recall``, ``recall_low``, ``recall_high``, ``n``.

    Raises
    ------
    AnalysisError
        ``offers_not_tried``: too few customers could be tested.
    """
    import altair as alt

    if found.measured is None:
        raise AnalysisError("offers_not_tried")
    table = found.measured.table
    table = table[table["n"] > 1].copy()
    ways = list(dict.fromkeys(table["way"]))
    words = [t(f"offers.way.{way}") for way in ways]
    tasks = [t(f"offers.task.{task}") for task in TASKS]
    table["way"] = table["way"].map(dict(zip(ways, words, strict=True)))
    table["task"] = table["task"].map(dict(zip(TASKS, tasks, strict=True)))
    data = table[["task", "way", "n", "recall", "recall_low", "recall_high", "hit", "ndcg"]]
    colours = {"rule": INK, "popular": CATEGORICAL[2], "model": CATEGORICAL[0], "alike": CATEGORICAL[1]}
    scale = alt.Scale(domain=words, range=[colours[way] for way in ways])
    base = alt.Chart(data).encode(
        y=alt.Y("task:N", title=None, sort=tasks, axis=alt.Axis(labelLimit=LABELS)),
        yOffset=alt.YOffset("way:N", sort=words),
        color=alt.Color(
            "way:N", title=None, scale=scale, legend=legend_above(words)
        ),
        tooltip=[
            alt.Tooltip("task:N", title=t("charts.offers_task")),
            alt.Tooltip("way:N", title=t("charts.offers_way")),
            alt.Tooltip("recall:Q", title=t("charts.offers_recall"), format=".1%"),
            alt.Tooltip("recall_low:Q", title=t("charts.churn_low"), format=".1%"),
            alt.Tooltip("recall_high:Q", title=t("charts.churn_high"), format=".1%"),
            alt.Tooltip("hit:Q", title=t("charts.offers_hit"), format=".1%"),
            alt.Tooltip("ndcg:Q", title=t("charts.offers_ndcg"), format=".3f"),
            alt.Tooltip("n:Q", title=t("charts.orders"), format=","),
        ],
    )  # fmt: skip
    axis = alt.Axis(format="~%", tickCount=5)
    layers = alt.layer(
        base.mark_rule(strokeWidth=2).encode(x=alt.X("recall_low:Q", title=""), x2="recall_high:Q"),
        base.mark_point(filled=True, size=70).encode(x=alt.X("recall:Q", title=t("charts.offers_recall"), axis=axis)),
    )
    used = found.measured.row("all", found.used["all"])
    title = t("charts.offers_found", recall=used["recall"], at=found.measured.at, n=found.measured.n)
    return look(layers, width="container", height=alt.Step(20), title=titled(title, t("charts.offers_tried")))


def together(found: Together, names: dict[str, str], t: Translate) -> alt.LayerChart:
    """Draw the pairs bought together most certainly, with how many times as often as by chance and its interval.

    Fields: ``pair`` (words), ``lift``, ``low``, ``high``, ``n``, ``confidence``.

    Raises
    ------
    AnalysisError
        ``offers_no_pairs`` (n, least): of so many pairs that were tested none is more than chance.
    """
    import altair as alt

    if found.pairs.empty:
        raise AnalysisError("offers_no_pairs", n=found.n_tested, least=found.least)
    data = found.pairs.head(MOST_BARS).copy()
    sides = [[names.get(str(key), str(key)) for key in data[side]] for side in ("first", "second")]
    data["pair"] = [t("offers.pair", first=one, second=other) for one, other in zip(*sides, strict=True)]
    data["lines"] = within(data["pair"], LABELS)
    data = data[["pair", "lines", "lift", "low", "high", "n", "support", "confidence"]]
    base = alt.Chart(data).encode(
        y=alt.Y("lines:N", title=None, sort=data["lines"].tolist(), axis=axis_of_lines(LABELS + 60)),
        tooltip=[
            alt.Tooltip("pair:N", title=t("charts.offers_pair")),
            alt.Tooltip("n:Q", title=t("charts.orders"), format=","),
            alt.Tooltip("support:Q", title=t("charts.offers_support"), format=".1%"),
            alt.Tooltip("confidence:Q", title=t("charts.offers_confidence"), format=".1%"),
            alt.Tooltip("lift:Q", title=t("charts.offers_lift"), format=".2f"),
            alt.Tooltip("low:Q", title=t("charts.churn_low"), format=".2f"),
            alt.Tooltip("high:Q", title=t("charts.churn_high"), format=".2f"),
        ],
    )
    layers = alt.layer(
        base.mark_rule(color=ACCENT, strokeWidth=2).encode(x=alt.X("low:Q", title=""), x2="high:Q"),
        base.mark_point(color=ACCENT, filled=True, size=70).encode(x=alt.X("lift:Q", title=t("charts.offers_lift"))),
    )
    title = t("charts.offers_together", n=found.n_found, tested=found.n_tested)
    return look(layers, width="container", height=alt.Step(STEP), title=titled(title))
