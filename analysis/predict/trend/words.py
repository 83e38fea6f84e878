"""The words of the trend: what the months ahead bring, how sure, and by which way they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.profiles.words import with_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.predict.trend.result import Trend, TrendOf
    from analysis.translate import Translate

SAME = 0.01  # of the months before, within which the months ahead are told as much the same


def answer(found: Trend, t: Translate, names: Mapping[str, str] | None = None) -> list[str]:
    """Return one sentence a group, three at most, and how the way did on the past.

    Parameters
    ----------
    names : mapping of str, optional
        Words of the groups, by key; a key without one stands as it is.
    """
    told = [_of(found, one, t, names or {}) for one in found.groups[:3]]
    return [*told, way_sentence(found.groups[0], t)]


def way_sentence(one: TrendOf, t: Translate) -> str:
    """Return by which way the months are told, and how it did beside the rule."""
    rule, way = one.ahead.tried[0], one.ahead.way
    facts = {"n": one.ahead.n_origins}
    if way == rule.way:
        return t(f"trend.rule_{way}", **facts)
    better = next(tried.better for tried in one.ahead.tried if tried.way == way)
    return t(f"trend.way_{way}", better=better, rule=t(f"trend.as_{rule.way}"), **facts)


def _of(found: Trend, one: TrendOf, t: Translate, names: Mapping[str, str]) -> str:
    def written(value: float) -> str:
        return t.money(value) if found.measure == "revenue" else t.number(round(value))

    ends = {name: written(float(getattr(one.ahead, name)[0])) for name in ("values", "low", "high")}
    of = "all" if one.group == "" else "group"
    facts = {"group": names.get(one.group, one.group)} if one.group else {}
    what, month = t(f"trend.measure.{found.measure}"), next_month(found)
    said = t(f"trend.next_{of}", what=what, month=month, **ends, **facts)
    if len(one.ahead.values) == 1 or one.before <= 0:
        return said
    change = one.after / one.before - 1
    way = "more" if change > SAME else "less" if change < -SAME else "same"
    return said + t(f"trend.then_{way}", months=len(one.ahead.values), mean=written(one.after), change=abs(change))


def next_month(found: Trend) -> str:
    """Return the first month that is told, as ``2025-07``."""
    return f"{found.months.loc[found.months['is_told'], 'month'].min():%Y-%m}"


def axis_title(found: Trend, t: Translate) -> str:
    """Return what the months are counted in."""
    return with_unit(t(f"trend.measure.{found.measure}"), "money" if found.measure == "revenue" else "count", t)
