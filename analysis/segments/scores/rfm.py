"""RFM: score customers by how recently, how often and how much they bought, and name the scores.

Method, sources and limits: ``docs/methods/rfm.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.segments.fitted import FittedRfm
from analysis.segments.method import Basis, Colour, Freezing, Method
from analysis.segments.params import RfmParams
from analysis.segments.result import Note, Segmentation, labels_at, segmentation_of
from analysis.segments.scores import words
from analysis.segments.scores.boxes import OTHER, box_key, first_box
from analysis.segments.scores.rfm_parts import rfm_parts
from analysis.segments.scores.schemes import (
    are_parts,
    digit,
    measured,
    name_codes,
    refuse_without_money,
    rules,
)
from analysis.segments.scores.scoring import score as score
from analysis.segments.scores.scoring import weighted_score as weighted_score
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.segments.scores.interval import RepurchaseInterval
    from analysis.translate import Translate


@dataclass(frozen=True)
class RfmResult(Tabular, rows="segmentation.segments"):
    """Scores and segments.

    Attributes
    ----------
    segmentation : Segmentation
    customers : DataFrame, one row per customer with a positive order, in the order of the profiles
        ``customer_id``, ``recency_days`` (days), ``n_orders`` (count), ``spend`` (currency), ``r``, ``f``, ``m``
        (scores from 1, the highest is best), ``weighted`` (0..100, the scores as parts of their range, weighted),
        ``segment`` (key). Without money ``spend`` and ``m`` are missing, and recency and frequency alone are scored.
    cuts : dict of tuple
        ``r`` (days), ``f`` (orders), ``m`` (currency, where it is known): the increasing thresholds; a score changes
        above each.
    n_scores : dict of int
        Number of scores of ``r``, ``f``, ``m``: one more than its cuts.
    grid : DataFrame, one row per cell of recency × frequency scores (× money in the eight classes)
        ``r``, ``f``, ``m`` (score; missing in the two-digit map, where money plays no part), ``segment`` (key),
        ``customers`` (count), ``share`` (0..1), ``revenue`` (currency; NaN without money). Cells without
        customers are there too.
    notes : tuple of Note
        ``rfm_<r|f|m>_cuts_collapse`` (n_scores, n_used), ``rfm_<r|f|m>_constant`` (value), ``rfm_negative_spend`` (n).
    n_outside : int
        Customers without a positive order.
    params : RfmParams
    """

    segmentation: Segmentation
    customers: pd.DataFrame = field(repr=False)
    cuts: dict[str, tuple[float, ...]]
    n_scores: dict[str, int]
    grid: pd.DataFrame = field(repr=False)
    notes: tuple[Note, ...]
    n_outside: int
    params: RfmParams

    @property
    def names(self) -> dict[str, str]:
        """A person's own names of the boxes, by segment key."""
        boxes = self.params.boxes if self.params.scheme == "boxes" else ()
        return {box_key(box): box.name for box in boxes if box.name}


def rfm(
    profiles: Profiles,
    params: RfmParams | None = None,
    *,
    interval: RepurchaseInterval | None = None,
    cuts: Mapping[str, tuple[float, ...]] | None = None,
) -> RfmResult:
    """Score and name every customer with a positive order.

    Parameters
    ----------
    profiles : Profiles
        With ``recency_days`` and ``n_orders``, and ``spend`` where money is known.
    params : RfmParams, optional
        Five quantile scores and the two-digit map when left out.
    interval : RepurchaseInterval, optional
        The days between two orders, for ``cuts="interval"``.
    cuts : mapping of tuple, optional
        Cuts of another run (``RfmResult.cuts``) to score with instead of finding some; they may be equal.

    Returns
    -------
    RfmResult

    Raises
    ------
    AnalysisError
        ``rfm_needs_orders`` (columns), ``rfm_needs_money`` (scheme), ``rfm_no_customers``,
        ``rfm_one_customer``, ``rfm_too_few_customers``
        (n_customers, n_scores), ``rfm_needs_interval``, ``rfm_no_repeat_buyers``,
        ``rfm_all_equal`` (nothing the scheme looks at differs between customers).

    References
    ----------
    Hughes, A. M. (1994), Strategic Database Marketing; Hyndman & Fan (1996), Sample quantiles in statistical packages,
    type 7.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Profiles
    >>> base = {"customer_id": list("abc"), "recency_days": [3, 40, 9], "n_orders": [9, 1, 2], "spend": [90.0, 5, 20]}
    >>> result = rfm(Profiles(pd.DataFrame(base), (), date(2024, 1, 1)), RfmParams(n_scores=3))
    >>> result.customers.segment.tolist()
    ['champions', 'hibernating', 'loyal']
    """
    import numpy as np

    params = params or RfmParams()
    frame = profiles.customers
    columns = measured(profiles)
    refuse_without_money(params, columns)
    measures = {key: frame[column].to_numpy(dtype=float, na_value=np.nan) for key, column in columns.items()}
    inside = np.logical_and.reduce([np.isfinite(values) for values in measures.values()]) & (measures["f"] > 0)
    values = {key: column[inside] for key, column in measures.items()}
    learns = cuts is None and params.cuts != "own"
    _refuse_too_few(int(inside.sum()), params, learns=learns)
    notes = _notes(values, params, learns=learns)

    cuts = _cuts(values, params, interval) if cuts is None else dict(cuts)
    cuts = {key: cuts[key] for key in values}
    n_scores = {key: len(measure_cuts) + 1 for key, measure_cuts in cuts.items()}
    scores = _scores(values, cuts, params)
    notes += _collapse_notes(scores, n_scores, params) if learns else []
    named = _named(*_three(scores), _sizes(n_scores), params)
    codes = np.full(len(frame), -1)
    codes[inside] = named
    segmentation = segmentation_of(
        codes, _keys(params), method="rfm", spend=measures.get("m"), made_of=tuple(columns.values())
    )
    customers = frame.loc[inside, ["customer_id", *columns.values()]].reset_index(drop=True)
    customers = customers.assign(
        **scores,
        weighted=weighted_score(scores, n_scores, params.weights),
        segment=segmentation.labels[inside].reset_index(drop=True),
    )
    return RfmResult(
        segmentation=segmentation,
        customers=customers,
        cuts=cuts,
        n_scores=n_scores,
        grid=_grid(scores, values.get("m"), n_scores, params),
        notes=tuple(notes),
        n_outside=segmentation.n_outside,
        params=params,
    )


def _three(scores: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the scores of recency, frequency and money; one score for all where money is not known."""
    import numpy as np

    return scores["r"], scores["f"], scores.get("m", np.ones_like(scores["r"]))


def _sizes(n_scores: Mapping[str, int]) -> tuple[int, int, int]:
    return n_scores["r"], n_scores["f"], n_scores.get("m", 1)


def _refuse_too_few(n_customers: int, params: RfmParams, *, learns: bool) -> None:
    if n_customers == 0:
        raise AnalysisError("rfm_no_customers")
    if not learns:
        return
    if n_customers == 1:
        raise AnalysisError("rfm_one_customer")
    n_scores = params.n_scores if params.cuts in ("quantile", "interval") else 2
    if n_customers < n_scores:
        raise AnalysisError("rfm_too_few_customers", n_customers=n_customers, n_scores=n_scores)


def _notes(values: dict[str, np.ndarray], params: RfmParams, *, learns: bool) -> list[Note]:
    notes = []
    if learns:
        constant = [key for key, column in values.items() if column.min() == column.max()]
        used = ("r", "f") if params.scheme == "two_digit" else tuple(values)
        if all(key in constant for key in used):
            raise AnalysisError("rfm_all_equal", n_customers=len(values["r"]))
        notes = [Note(f"rfm_{key}_constant", {"value": float(values[key][0])}) for key in constant]
    n_negative = int((values["m"] < 0).sum()) if "m" in values else 0
    return [*notes, Note("rfm_negative_spend", {"n": n_negative})] if n_negative else notes


def _keys(params: RfmParams) -> list[str]:
    if params.scheme == "boxes":
        return [*(box_key(box) for box in params.boxes), OTHER]
    return [rule.segment for rule in rules(params.scheme)]


def _named(r: np.ndarray, f: np.ndarray, m: np.ndarray, sizes: tuple[int, int, int], params: RfmParams) -> np.ndarray:
    if params.scheme != "boxes":
        return name_codes(r, f, m, scheme=params.scheme, n_scores=sizes, parts=are_parts(params))
    parts = are_parts(params)
    digits = [digit(scores, size, parts=parts) for scores, size in zip((r, f, m), sizes, strict=True)]
    return first_box(params.boxes, *digits)


def _cuts(
    values: dict[str, np.ndarray], params: RfmParams, interval: RepurchaseInterval | None
) -> dict[str, tuple[float, ...]]:
    import numpy as np

    if params.cuts == "own":
        return {"r": params.own_recency, "f": params.own_frequency, "m": params.own_monetary}
    if params.cuts in ("quantile", "interval"):
        cuts = {key: _quantiles(column, params.n_scores) for key, column in values.items()}
        if params.one_time_apart:
            repeat = values["f"][values["f"] > 1]
            if len(repeat) == 0:
                raise AnalysisError("rfm_no_repeat_buyers")
            cuts["f"] = (1.0, *_quantiles(repeat, params.n_scores - 1))
        if params.cuts == "interval":
            if interval is None:
                raise AnalysisError("rfm_needs_interval")
            cuts["r"] = (interval.median, interval.p75, interval.p90)
        return cuts
    middle = np.mean if params.cuts == "mean" else np.median
    return {key: (float(middle(column)),) for key, column in values.items()}


def _quantiles(column: np.ndarray, n_scores: int) -> tuple[float, ...]:
    import numpy as np

    steps = np.arange(1, n_scores) / n_scores
    return tuple(float(cut) for cut in np.quantile(column, steps, method="linear"))


def _scores(
    values: dict[str, np.ndarray], cuts: dict[str, tuple[float, ...]], params: RfmParams
) -> dict[str, np.ndarray]:
    scores = {key: score(column, cuts[key], low_is_best=key == "r") for key, column in values.items()}
    if params.scheme.startswith("eight"):
        # "Above the comparison value" is strict for every measure: fewer days than it, not as many.
        scores["r"] = 1 + (values["r"] < cuts["r"][0]).astype(int)
    return scores


def _collapse_notes(scores: dict[str, np.ndarray], n_scores: dict[str, int], params: RfmParams) -> list[Note]:
    """Quantile cuts that fall on one value leave scores that nobody can reach."""
    import numpy as np

    if not are_parts(params):
        return []
    used = {key: int((np.bincount(column) > 0).sum()) for key, column in scores.items()}
    return [
        Note(f"rfm_{key}_cuts_collapse", {"n_scores": n_scores[key], "n_used": used[key]})
        for key in scores
        # Cuts from the interval are days, not parts of the customers: a score may well be empty.
        if 1 < used[key] < n_scores[key] and not (key == "r" and params.cuts == "interval")
    ]


def _grid(
    scores: dict[str, np.ndarray], spend: np.ndarray | None, n_scores: Mapping[str, int], params: RfmParams
) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    sizes = _sizes(n_scores)
    two_digit = params.scheme == "two_digit"
    shape = sizes[:2] if two_digit else sizes
    positions = tuple(column - 1 for column in _three(scores)[: len(shape)])
    cell = np.ravel_multi_index(positions, shape)
    n_cells = int(np.prod(shape))
    axes = [axis.ravel() + 1 for axis in np.indices(shape)]
    r, f = axes[0], axes[1]
    m = np.ones(n_cells, dtype=int) if two_digit else axes[2]
    names = _keys(params)
    codes = _named(r, f, m, sizes, params)
    customers = np.bincount(cell, minlength=n_cells)
    return pd.DataFrame(
        {
            "r": r,
            "f": f,
            "m": pd.array([None] * n_cells if two_digit else m, dtype="Int64"),
            "segment": pd.array(names, dtype="str").take(codes),
            "customers": customers,
            "share": customers / customers.sum(),
            "revenue": np.full(n_cells, np.nan) if spend is None else np.bincount(cell, spend, minlength=n_cells),
        }
    )


def _run(basis: Basis, params: RfmParams) -> RfmResult:
    interval = None
    if params.cuts == "interval":
        from analysis.segments.scores.interval import repurchase_interval

        interval = repurchase_interval(basis.standard, basis.profiles.as_of)
    return rfm(basis.profiles, params, interval=interval)


def _keep(result: RfmResult, params: RfmParams, profiles: Profiles, kept: Mapping[str, Any]) -> FittedRfm:
    r, f, m = (tuple(result.cuts.get(key, ())) for key in ("r", "f", "m"))
    return FittedRfm(params=params, r=r, f=f, m=m, **kept)


def _apply(basis: Basis, fitted: FittedRfm, params: RfmParams) -> RfmResult:
    return rfm(basis.profiles, params, cuts={"r": fitted.r, "f": fitted.f, "m": fitted.m})


def _labels(basis: Basis, fitted: FittedRfm, others: Mapping[str, pd.Series]) -> pd.Series:
    import numpy as np

    try:
        return _apply(basis, fitted, fitted.params).segmentation.labels
    except AnalysisError as problem:
        if problem.code != "rfm_no_customers":
            raise
        return labels_at(np.full(len(basis.profiles.customers), -1), [])


def _choices(params: RfmParams) -> dict[str, Any]:
    """Return the choices but for names and the weights of ranking."""
    unused: dict[str, Any] = {"weights": True, "boxes": {"__all__": {"name"}} if params.scheme == "boxes" else True}
    if params.cuts != "own":
        unused |= dict.fromkeys(("own_recency", "own_frequency", "own_monetary"), True)
    return params.model_dump(exclude=unused)


def _why(
    result: RfmResult, profiles: Profiles, row: int, names: Mapping[str, str], t: Translate
) -> list[tuple[int, str]]:
    customer = result.customers.iloc[int(result.segmentation.labels.iloc[:row].notna().sum())].to_dict()
    facts = {key: int(customer[key]) for key in result.cuts} | {f"n_{key}": n for key, n in result.n_scores.items()}
    facts |= {"days": customer["recency_days"], "orders": customer["n_orders"]}
    if "m" not in result.cuts:
        return [(0, t("card.rfm_without_money", **facts))]
    return [(0, t("card.rfm", **facts, spend=customer["spend"]))]


_EIGHT: tuple[Colour, ...] = ("blue", "teal", "orange", "violet", "magenta", "salmon", "rust", "purple")
METHOD = Method(
    params=RfmParams,
    run=_run,
    icon="grid_view",
    answer=words.rfm_answer,
    freezing=Freezing(FittedRfm, keep=_keep, apply=_apply, labels=_labels, choices=_choices),
    colours={
        "champions": "blue", "loyal": "teal", "potential_loyalists": "violet", "new": "purple", "promising": "salmon",
        "needs_attention": "orange", "about_to_sleep": "pale", "cant_lose": "magenta", "at_risk": "rust",
        "hibernating": "grey", OTHER: "pale",
        **{
            rule.segment: colour
            for school in ("eight_a", "eight_b")
            for rule, colour in zip(rules(school), _EIGHT, strict=True)
        },
    },
    always=True,
    parts=rfm_parts,
    why=_why,
)  # fmt: skip
