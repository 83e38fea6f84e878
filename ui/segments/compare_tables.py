"""The figures of a comparison as tables in words: means, shares, and what differs most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.charts import compare as charts
from analysis.compare.compare import Comparison
from analysis.compare.words import influence_name, pairs_text, sure_text
from analysis.profiles.words import feature_name, mean_text, value_text
from ui import session
from ui.segments import segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.compare.influence import Influence
    from analysis.profiles.result import Feature

RANKED = 40


def mean_rows(comparison: Comparison, numbers: list[Feature], view: segments.Shown) -> pd.DataFrame:
    """Return the means of some features, one row per feature and segment, in words."""
    import pandas as pd

    t = session.t()
    by_key = {feature.key: feature for feature in numbers}
    table = comparison.numbers[comparison.numbers["feature"].isin(by_key)]
    rows = []
    for row in table.to_dict("records"):
        feature = by_key[row["feature"]]
        mean, low, high, overall = (mean_text(row[name], feature, t) for name in ("mean", "low", "high", "all_mean"))
        index = round(100 * row["mean"] / row["all_mean"]) if row["all_mean"] > 0 else None
        rows.append(
            {
                t("charts.feature"): feature_name(feature, t),
                t("column.segment"): view.names[row["segment"]],
                t("charts.mean"): mean,
                t("compare.interval"): t("rfm.span", low=low, high=high) if row["low"] == row["low"] else "–",
                t("clusters.all_mean"): overall,
                t("compare.index"): index,
                t("compare.n"): row["n"],
            }
        )
    return pd.DataFrame(rows)


def share_rows(table: pd.DataFrame, comparison: Comparison, view: segments.Shown) -> pd.DataFrame:
    """Return shares, one row per level and segment, in words."""
    import pandas as pd

    t = session.t()
    by_key = {feature.key: feature for feature in comparison.features}
    rows = [
        {
            t("charts.feature"): feature_name(by_key[row["feature"]], t),
            t("compare.level"): charts.level_name(by_key[row["feature"]], row["level"], t),
            t("column.segment"): view.names[row["segment"]],
            t("compare.share"): t.percent(row["share"]),
            t("compare.interval"): t("rfm.span", low=t.percent(row["low"]), high=t.percent(row["high"])),
            t("compare.index"): round(row["tgi"]) if row["tgi"] == row["tgi"] else None,
            t("compare.index_interval"): (
                t("rfm.span", low=round(row["tgi_low"]), high=round(row["tgi_high"]))
                if row["tgi_low"] == row["tgi_low"] and row["tgi"] == row["tgi"]
                else "–"
            ),
            t("compare.n"): row["n"],
        }
        for row in table.to_dict("records")
    ]
    return pd.DataFrame(rows)


def difference_rows(comparison: Comparison, view: segments.Shown) -> pd.DataFrame:
    """Return the ranked differences in words."""
    import pandas as pd

    t = session.t()
    by_key = {feature.key: feature for feature in comparison.features}
    numbers: Any = comparison.numbers.set_index(["segment", "feature"])[["low", "high"]]
    shares: Any = comparison.shares.set_index(["segment", "feature", "level"])[["low", "high"]]
    rows = []
    for row in comparison.differences.head(RANKED).to_dict("records"):
        feature, level = by_key[row["feature"]], row["level"]
        place = (row["segment"], row["feature"])
        low, high = (shares.loc[(*place, level)] if level else numbers.loc[place]).tolist()
        value, rest, low_text, high_text = (
            t.percent(number) if level else value_text(number, feature, t)
            for number in (row["value"], row["rest_value"], low, high)
        )
        rows.append(
            {
                t("column.segment"): view.names[row["segment"]],
                t("charts.feature"): feature_name(feature, t),
                t("compare.level"): charts.level_name(feature, level, t) if level else "",
                t("compare.value"): value,
                t("compare.interval"): t("rfm.span", low=low_text, high=high_text),
                t("compare.rest"): rest,
                t("compare.effect"): round(row["effect"], 2),
                t("compare.pairs"): pairs_text(row, t),
                t("compare.n"): row["n"],
                t("compare.sure"): sure_text(row, t),
            }
        )
    return pd.DataFrame(rows)


def influence_rows(found: Influence) -> pd.DataFrame:
    """Return what makes belonging to a segment more likely, in words, with n and interval."""
    import pandas as pd

    t = session.t()
    rows = [
        {
            t("charts.feature"): influence_name(row, found.features, t),
            t("charts.influence_times"): t.number(row["ratio"], 1),
            t("compare.interval"): t("rfm.span", low=t.number(row["low"], 1), high=t.number(row["high"], 1)),
            t("compare.share"): t.percent(row["share"]),
            t("compare.n"): row["n"],
        }
        for row in found.rows.to_dict("records")
    ]
    return pd.DataFrame(rows)
