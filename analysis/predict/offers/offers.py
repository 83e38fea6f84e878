"""What to offer to each customer: what they buy again, what customers alike buy, measured on everybody's last order.

Method, sources and limits: ``docs/methods/offers.md``.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from analysis.engine import go_on
from analysis.errors import AnalysisError
from analysis.notes import Note
from analysis.predict.beginning import refuse_without_sales
from analysis.predict.left_out import unknown_names
from analysis.predict.offers.fresh import fresh_products
from analysis.predict.offers.histories import histories, only, without_last
from analysis.predict.offers.limits import limits
from analysis.predict.offers.measure import LEAST_TESTED, TASKS, Measured, measure
from analysis.predict.offers.names import is_no_product
from analysis.predict.offers.neighbours import counted
from analysis.predict.offers.occasions import occasions
from analysis.predict.offers.ranking import LEAST_BUYERS, OF_ALL, best, learn, ranks, rare
from analysis.predict.offers.result import LISTS, NextCategory, Offers

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from scipy.sparse import csr_matrix

    from analysis.intake.baskets import Baskets
    from analysis.intake.tables import StandardTables
    from analysis.predict.offers.histories import Histories
    from analysis.predict.offers.limits import Limits
    from analysis.predict.offers.params import OffersParams
    from analysis.predict.offers.ranking import Learned, Ranks
    from analysis.profiles.result import Profiles

LEAST_ITEMS = 2
LONGEST_LIST = 10  # offers that are compared with an order
PER_OFFER = 5  # products there must be for each of these


def offers(standard: StandardTables, profiles: Profiles, params: OffersParams) -> Offers:
    """Rank products for every customer.

    Each way to rank is measured on the last order of everybody with three or more; the plain rule is used unless the
    model finds more by more than noise.

    Parameters
    ----------
    standard : StandardTables
    profiles : Profiles
        Of these tables; a product is due as of their day.
    params : OffersParams

    Raises
    ------
    AnalysisError
        ``offers_no_products`` (column): the lines have no such column, or nothing in it. ``offers_one_product`` (name):
        there is one product only. ``predict_no_sales`` (n). ``offers_nothing_left`` (n, left_out, gone, margin): no
        product can be offered.

    Examples
    --------
    >>> from analysis import begin, read
    >>> from analysis.predict.offers.params import OffersParams
    >>> prepared = begin(read("sample_data/中文店铺.xlsx")).prepared()
    >>> found = offers(prepared.standard, prepared.profiles, OffersParams())
    >>> found.by, sorted(found.used)
    ('product', ['again', 'all', 'new'])
    """
    import numpy as np
    import pandas as pd

    from analysis.intake.baskets import baskets_of, item_of, sold_items

    by = item_of(standard, params.by)
    baskets = None if by is None else baskets_of(standard, by, profiles.as_of)
    if by is not None:
        refuse_without_sales(standard)
    if by is None or baskets is None or not len(baskets.items):
        raise AnalysisError("offers_no_products", column="product" if params.by == "auto" else params.by)
    items = sold_items(standard, by, profiles.as_of)
    if len(items) < LEAST_ITEMS:
        raise AnalysisError("offers_one_product", name=str(items["name"].iloc[0]))
    category = _numbered(items["category"])
    # A charge beside products says nothing of who is like whom.
    baskets = only(baskets, np.array([not is_no_product(str(name)) for name in items["name"]]))
    history, day = histories(baskets), profiles.as_of.toordinal()
    back = _given_back(standard, profiles, by, baskets.items)
    limited = limits(items, history, category, params, baskets.day, day)
    _need_some(limited)
    measured = _measured(baskets, category)
    used = {task: _used(params, measured, task) for task in TASKS}
    learned = learn(history, category)
    who = baskets.customers.get_indexer(pd.Index(profiles.customers["customer_id"]))
    found = _lists(learned, limited, back, who, day, used, params.n)
    open_to = limited.why == ""
    fresh = fresh_products(items, history, category, baskets.customers, day - params.new_days, open_to)
    next_category = _next_category(standard, profiles, params, by)
    return Offers(
        offers=_named(found, profiles, items),
        items=_table(items, limited),
        customers=pd.Index(profiles.customers["customer_id"]),
        n_given_back=back.nnz,
        measured=measured,
        used=used,
        next_category=next_category,
        fresh=fresh,
        occasions=_occasions(standard, profiles, baskets, items, by),
        by="product" if by.startswith("coalesce") else by,
        n=params.n,
        as_of=profiles.as_of,
        version=_version(params, np.concatenate([part["item"] for part in found])),
        notes=(
            *_notes(measured, limited, baskets, history),
            *unknown_names(params.leave_out, {*items["item"].astype(str), *items["name"].astype(str)}),
        ),
    )


def _numbered(values: pd.Series) -> np.ndarray | None:
    """Number the values, by their text; -1 where there is none, None where there are none at all."""
    import pandas as pd

    if not values.notna().any():
        return None
    return pd.factorize(values, sort=True)[0]


def _given_back(standard: StandardTables, profiles: Profiles, by: str, items: pd.Index) -> csr_matrix:
    """Return what the customers of the profiles gave back and have not bought since, shape (customers, products)."""
    import pandas as pd

    from analysis.intake.baskets import given_back

    customers, back = pd.Index(profiles.customers["customer_id"]), given_back(standard, by, profiles.as_of)
    who, item = customers.get_indexer(pd.Index(back["customer_id"])), items.get_indexer(pd.Index(back["item"]))
    known = (who >= 0) & (item >= 0)
    return counted(who[known], item[known], (len(customers), len(items)))


def _need_some(limited: Limits) -> None:
    n = {reason: int((limited.why == reason).sum()) for reason in ("left_out", "gone", "margin")}
    if (limited.why != "").all():
        raise AnalysisError("offers_nothing_left", n=len(limited.why), **n)


def _measured(baskets: Baskets, category: np.ndarray | None) -> Measured | None:
    before, held = without_last(baskets)
    if len(held.who) < LEAST_TESTED:
        return None
    at = max(min(len(baskets.items) // PER_OFFER, LONGEST_LIST), 1)
    return measure(learn(histories(before), category), held, at)


def _used(params: OffersParams, measured: Measured | None, task: str) -> str:
    if params.method == "auto":
        return "rule" if measured is None else measured.way(task)
    if measured is None:
        return params.method
    gain = measured.gain(task)
    return gain.rule if params.method == "rule" else gain.way


def _lists(
    learned: Learned, limited: Limits, back: csr_matrix, who: np.ndarray, day: int, used: dict[str, str], n: int
) -> list[dict[str, np.ndarray]]:
    """Rank for everybody: the customers of each list (places in ``who``), ranks, products and reasons."""
    import numpy as np

    parts, step = [], learned.at_once()
    behind = learned.alike.T.tocsr()
    for start in range(0, len(who), step):
        go_on()
        own = who[start : start + step]
        known = np.flatnonzero(own >= 0)
        parts += _strangers(learned, limited, back, np.flatnonzero(own < 0) + start, n)
        if not len(known):
            continue
        scored = ranks(learned, own[known], np.full(len(known), day))
        closed = limited.closed(back[known + start], scored.places, scored.owned)
        for which, scores in _scores(scored, used).items():
            chosen = best(np.where(closed, 0, scores), n)
            row, rank = np.nonzero(chosen >= 0)
            place = chosen[row, rank]
            item = scored.places.items[row, place]
            way = used["all" if which == "next" else which]
            owned = scored.owned[row, place]
            others = (~owned & (way in ("model", "alike"))) if which != "again" else np.zeros(len(row), dtype=bool)
            because = _because(learned, behind, own[known][row], item, others & (scored.alike[row, place] > 0))
            of_category = others & (scored.new[row, place] > 1.01 * OF_ALL * learned.popular[item])
            is_due = owned & (used["again"] == "model") & (which == "again" or way == "model")
            reason = np.select(
                [is_due, owned, because >= 0, of_category], ["due", "often", "alike", "category"], "popular"
            )
            parts.append(
                {"who": known[row] + start, "list": np.full(len(row), LISTS.index(which)), "rank": rank + 1,
                 "item": item, "reason": reason, "because": because}
            )  # fmt: skip
    return parts


def _scores(scored: Ranks, used: dict[str, str]) -> dict[str, np.ndarray]:
    import numpy as np

    again = scored.due if used["again"] == "model" else np.where(scored.owned, scored.own, 0)
    new = scored.new if used["new"] == "model" else np.where(scored.owned, 0, scored.popular)
    together = {"rule": scored.own, "popular": scored.popular, "model": scored.model(again), "alike": scored.alike}
    return {
        "next": together[used["all"]],
        "again": again,
        "new": new,
    }


def _strangers(
    learned: Learned, limited: Limits, back: csr_matrix, who: np.ndarray, n: int
) -> list[dict[str, np.ndarray]]:
    """Offer what sells to those who have kept nothing, but for what they gave back."""
    import numpy as np

    if not len(who):
        return []
    sells = np.where(limited.why == "", learned.popular, 0)
    chosen = np.tile(best(sells[None, :], n), (len(who), 1))
    gave = np.flatnonzero(np.diff(back[who].indptr))
    if len(gave):
        chosen[gave] = best(np.where(back[who[gave]].toarray() > 0, 0, sells), n)
    row, rank = np.nonzero(chosen >= 0)
    return [
        {"who": who[row], "list": np.full(len(row), LISTS.index(which)), "rank": rank + 1,
         "item": chosen[row, rank], "reason": np.full(len(row), "popular", dtype=object),
         "because": np.full(len(row), -1)}
        for which in ("next", "new")
    ]  # fmt: skip


def _because(learned: Learned, behind: csr_matrix, own: np.ndarray, item: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return which of the customer's own products weighs most in each offer that is asked for; -1 elsewhere."""
    import numpy as np

    because = np.full(len(item), -1)
    places = np.flatnonzero(asked)
    if len(places):
        weights = behind[item[places]].multiply(learned.recent[own[places]]).tocsr()
        row = np.repeat(np.arange(len(places)), np.diff(weights.indptr))
        order = np.lexsort((weights.indices, -weights.data, row))
        first = order[np.append(True, np.diff(row[order]) > 0)[: len(order)]]
        because[places[row[first]]] = weights.indices[first]
    return because


def _named(found: list[dict[str, np.ndarray]], profiles: Profiles, items: pd.DataFrame) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    columns = {key: np.concatenate([part[key] for part in found]) for key in found[0]}
    order = np.lexsort((columns["rank"], columns["list"], columns["who"]))
    columns = {key: values[order] for key, values in columns.items()}
    names = items["name"].to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "customer_id": profiles.customers["customer_id"].to_numpy()[columns["who"]],
            "list": np.array(LISTS, dtype=object)[columns["list"]],
            "rank": columns["rank"],
            "item": items["item"].to_numpy()[columns["item"]],
            "name": names[columns["item"]],
            "reason": columns["reason"],
            "because": np.where(columns["because"] >= 0, names[columns["because"]], ""),
        }
    )


def _table(items: pd.DataFrame, limited: Limits) -> pd.DataFrame:
    import pandas as pd

    days = {key: pd.to_datetime(items[key].astype("int64") - 719_163, unit="D") for key in ("first", "last")}
    return items.assign(**days, again=limited.again, once=limited.once, why=limited.why)


def _next_category(standard: StandardTables, profiles: Profiles, params: OffersParams, by: str) -> NextCategory | None:
    """Rank the categories in the same way, where there are some and they are not offered already."""
    import numpy as np
    import pandas as pd

    from analysis.intake.baskets import baskets_of

    if "category" not in standard.order_roles or by == "category":
        return None
    baskets = baskets_of(standard, "category", profiles.as_of)
    if len(baskets.items) < LEAST_ITEMS:
        return None
    measured = _measured(baskets, None)
    used = _used(params, measured, "all")
    learned = learn(histories(baskets), None)
    who = baskets.customers.get_indexer(pd.Index(profiles.customers["customer_id"]))
    first = np.full(len(who), int(np.argmax(learned.popular)))
    step, day = learned.at_once(), profiles.as_of.toordinal()
    for start in range(0, len(who), step):
        go_on()
        known = np.flatnonzero(who[start : start + step] >= 0) + start
        scored = ranks(learned, who[known], np.full(len(known), day))
        found = best(_scores(scored, {"all": used, "again": "rule", "new": "rule"})["next"], 1)[:, 0]
        first[known[found >= 0]] = scored.places.items[np.flatnonzero(found >= 0), found[found >= 0]]
    customers = profiles.customers[["customer_id"]].assign(value=baskets.items.to_numpy()[first])
    return NextCategory("category", customers, measured, used)


def _occasions(
    standard: StandardTables, profiles: Profiles, baskets: Baskets, items: pd.DataFrame, by: str
) -> pd.DataFrame:
    from analysis.intake.baskets import baskets_of

    if by == "category" or "category" not in standard.order_roles:
        return occasions(baskets, items, profiles.as_of)
    found = baskets_of(standard, "category", profiles.as_of)
    return occasions(found, found.items.to_frame(index=False, name="item").assign(name=found.items), profiles.as_of)


def _version(params: OffersParams, items: np.ndarray) -> str:
    told = hashlib.sha256(params.model_dump_json().encode())
    told.update(items.astype("int64").tobytes())
    return f"offers_{told.hexdigest()[:12]}"


def _notes(measured: Measured | None, limited: Limits, baskets: Baskets, history: Histories) -> tuple[Note, ...]:
    import numpy as np

    notes = []
    if measured is None:
        n = int((np.bincount(baskets.who) >= 3).sum())
        notes.append(Note("offers_untested", {"n": n, "least": LEAST_TESTED}, "check"))
    n_gone = int((limited.why == "gone").sum())
    if n_gone:
        notes.append(Note("offers_gone", {"n": n_gone}, "info"))
    n_rare = int((rare(history) & (history.orders > 0)).sum())
    if n_rare:
        notes.append(
            Note("offers_rare", {"n": n_rare, "of": int((history.orders > 0).sum()), "least": LEAST_BUYERS}, "info")
        )
    return tuple(notes)
