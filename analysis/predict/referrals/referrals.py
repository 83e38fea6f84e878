"""Who brings whom: direct and tree value, how far a rank can be told, and signs that referrals were made up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.notes import Note
from analysis.predict.left_out import later_rows
from analysis.predict.referrals.ranks import pagerank, rank_intervals
from analysis.predict.referrals.result import Referrals
from analysis.predict.referrals.signs import signs_of
from analysis.predict.referrals.trees import Forest, forest_of, worth

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.predict.referrals.params import ReferralParams
    from analysis.profiles.result import Profiles

PLACES = ("address", "phone", "landline", "device_id", "ip", "bank_card")  # kinds of personal data that people share


def referrals(standard: StandardTables, profiles: Profiles, params: ReferralParams) -> Referrals:
    """Say who brings whom.

    Raises
    ------
    AnalysisError
        ``referrals_none``: there is no table of referrals. ``referrals_empty`` (n): nothing is left of its rows up to
        the day of the profiles once those of oneself are out.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.predict.referrals.params import ReferralParams
    >>> from analysis.study import begin, read
    >>> bought = {"customer id": ["a", "b", "c", "d"], "order date": "2024-05-01", "amount": [10, 20, 30, 40]}
    >>> orders = pd.DataFrame(bought)
    >>> brought = pd.DataFrame({"referrer id": ["a", "a", "b"], "referred id": ["b", "c", "d"], "date": "2024-04-01"})
    >>> found = begin(read(orders, brought)).prediction(ReferralParams())
    >>> found.referrers[["customer_id", "direct", "tree"]].head(1).to_dict("records")
    [{'customer_id': 'a', 'direct': 50.0, 'tree': 90.0}]
    """
    import numpy as np

    from analysis.stats.intervals import wilson

    forest = forest_of(_rows(standard, profiles))
    if not forest.parents:
        raise AnalysisError("referrals_empty", n=forest.n_rows)
    people = profiles.customers.set_index("customer_id")
    has_money = "spend" in people
    spend: dict[str, float] = {}
    if has_money:
        spend = {str(one): float(money) for one, money in people["spend"].fillna(0.0).items()}
    table = worth(forest, spend)
    if not has_money:
        table[["direct", "tree"]] = np.nan
    table = _ranked(table, forest, spend, params, has_money=has_money)
    bought: dict[str, bool] | None = None
    if "n_orders" in people:
        bought = {str(one): n > 0 for one, n in people["n_orders"].fillna(0).items()}
    signs = signs_of(forest, bought, _places(profiles), params.alpha)
    counts: dict[str, int] = {}
    for sign in signs:
        counts[sign.customer_id] = counts.get(sign.customer_id, 0) + 1
    table["n_signs"] = [counts.get(one, 0) for one in table["customer_id"]]
    everybody = _everybody(profiles, forest, table, has_money=has_money)
    n, n_referred = len(everybody), int(everybody["was_referred"].sum())
    low, high = wilson(np.array([n_referred]), np.array([n]))
    known = [one for one in forest.parents if one in people.index]
    total = float(people["spend"].sum()) if has_money else 0.0
    return Referrals(
        referrers=table,
        customers=everybody,
        forest=forest,
        signs=signs,
        n_referred=n_referred,
        n_bought=sum(bought[one] for one in known) if bought else 0,
        share_low=float(low[0]),
        share_high=float(high[0]),
        spend_share=sum(spend[one] for one in known) / total if total > 0 else None,
        has_money=has_money,
        as_of=profiles.as_of,
        notes=(
            *_notes(forest, len(forest.parents) - len(known)),
            *later_rows(standard, ("referrals",), profiles.as_of),
        ),
    )


def _rows(standard: StandardTables, profiles: Profiles) -> pd.DataFrame:
    import narwhals as nw
    import pandas as pd

    if "referrals" not in standard.record_roles:
        raise AnalysisError("referrals_none")
    rows = standard.records("referrals").filter((nw.col("date") <= profiles.as_of) | nw.col("date").is_null())
    found: pd.DataFrame = rows.select("customer_id", "referred_id", day=nw.col("date")).collect("pandas").to_native()
    found["day"] = pd.to_datetime(found["day"])
    return found.astype({"customer_id": str, "referred_id": str})


def _ranked(
    table: pd.DataFrame, forest: Forest, spend: Mapping[str, float], params: ReferralParams, *, has_money: bool
) -> pd.DataFrame:
    """Return the referrers in the order of what they brought, with the interval of their rank."""
    import numpy as np

    place = {one: position for position, one in enumerate(table["customer_id"])}
    values = np.array([float(spend.get(one, 0.0)) if has_money else 1.0 for one in forest.parents])
    if not values.any():  # nothing is known of what they spent: then their number tells the referrers apart
        values = np.ones(len(values))
    owners = np.array([place[referrer] for referrer in forest.parents.values()])
    low, high = rank_intervals(owners, values, params.draws, params.seed)
    weights = pagerank(((referrer, referred) for referred, referrer in forest.parents.items()), params.damping)
    table = table.assign(rank_low=low, rank_high=high, pagerank=[weights[one] for one in table["customer_id"]])
    by = ["direct", "referred"] if has_money else ["referred"]
    return table.sort_values([*by, "customer_id"], ascending=[*(False for _ in by), True]).reset_index(drop=True)


def _everybody(profiles: Profiles, forest: Forest, table: pd.DataFrame, *, has_money: bool) -> pd.DataFrame:
    ids = profiles.customers["customer_id"]
    own = table.set_index("customer_id").reindex(ids)
    found = ids.to_frame().reset_index(drop=True)
    found["was_referred"] = [one in forest.parents for one in ids]
    found["reach"] = own["reach"].fillna(0).to_numpy(dtype=float)
    if has_money:
        found["tree"] = own["tree"].fillna(0.0).to_numpy(dtype=float)
    return found


def _places(profiles: Profiles) -> list[Mapping[str, str]]:
    """Return the value of each customer in each column that says where they live or what they use."""
    found = []
    for feature in profiles.features:
        if feature.personal in PLACES:
            column = profiles.customers.set_index("customer_id")[feature.key].dropna().astype(str).str.strip()
            found.append(column[column != ""].to_dict())
    return found


def _notes(forest: Forest, n_unknown: int) -> tuple[Note, ...]:
    counted = {
        "referrals_self": forest.n_self,
        "referrals_circle": forest.n_loops,
        "referrals_second": forest.n_second,
        "referrals_unknown": n_unknown,
    }
    return tuple(Note(code, {"n": n}) for code, n in counted.items() if n)
