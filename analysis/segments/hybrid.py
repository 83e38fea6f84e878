"""Hybrid: two segmentations of the same customers crossed, and small cells put together by a stated rule.

Method and limits: ``docs/methods/hybrid.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.segments.fitted import FittedHybrid, HybridCell
from analysis.segments.method import Basis, Freezing, Method
from analysis.segments.params import HybridParams
from analysis.segments.result import Note, Segmentation, leading, segmentation_of
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.segments.result import EditedSegmentation
    from analysis.translate import Translate

_START, _BETWEEN, _REST = "hybrid:", "|", "*"


@dataclass(frozen=True)
class HybridResult(Tabular, rows="segmentation.segments"):
    """Two segmentations crossed.

    Attributes
    ----------
    segmentation : Segmentation
        Keys as ``hybrid_key`` writes them, in the order of the first segmentation, then of the second; what was put
        together comes last in its row. Customers outside either segmentation are outside.
    cells : DataFrame, one row per pair of segments that shares customers
        ``first``, ``second`` (keys of the segmentations crossed), ``customers`` (count), ``revenue`` (currency, NaN
        without spend), ``small`` (bool: fewer customers than ``limit``), ``segment`` (where its customers ended).
    first, second : tuple of str
        The segments crossed, in their display order.
    limit : int
        Customers that a cell needs to stand alone.
    names : dict of str
        A person's own names of the segments crossed.
    held : dict of tuple of str
        The columns whose customers a cell holds, most customers first, of each cell that others were put into: what
        it is named by; ``("",)`` where it holds the whole row.
    notes : tuple of Note
        ``hybrid_small_stays`` (segment, n, limit): a row that is small as a whole.
    params : HybridParams
    fitted : FittedHybrid or None
        The stored cells that were applied; None where they were found here.
    """

    segmentation: Segmentation
    cells: pd.DataFrame = field(repr=False)
    first: tuple[str, ...]
    second: tuple[str, ...]
    limit: int
    names: dict[str, str]
    held: dict[str, tuple[str, ...]]
    notes: tuple[Note, ...]
    params: HybridParams
    fitted: FittedHybrid | None = field(default=None, repr=False)

    @property
    def n_small(self) -> int:
        """Cells that were too small to stand alone."""
        return int(self.cells["small"].sum())

    @property
    def n_in_small(self) -> int:
        """Customers in cells that were too small to stand alone."""
        return int(self.cells.loc[self.cells["small"], "customers"].sum())


def hybrid(profiles: Profiles, others: Mapping[str, EditedSegmentation], params: HybridParams) -> HybridResult:
    """Cross two segmentations, and put cells together that are too small.

    Parameters
    ----------
    profiles : Profiles
    others : mapping of EditedSegmentation
        The other segmentations of the study by kind, with a person's merges and names.
    params : HybridParams

    Raises
    ------
    AnalysisError
        ``hybrid_needs`` (method): a segmentation that is crossed is not there; ``hybrid_nobody_in_both``.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np, pandas as pd
    >>> from analysis.profiles.result import Profiles
    >>> from analysis.segments.result import EditedSegmentation
    >>> from analysis.segments.params import HybridParams
    >>> base = Profiles(pd.DataFrame({"customer_id": list("abcde")}), (), date(2024, 1, 1))
    >>> one = EditedSegmentation(segmentation_of(np.array([0, 0, 0, 1, 1]), ["loyal", "new"], method="rfm"))
    >>> two = EditedSegmentation(segmentation_of(np.array([0, 0, 1, 1, 1]), ["cluster_1", "cluster_2"], method="c"))
    >>> found = hybrid(base, {"rfm": one, "clusters": two}, HybridParams(least=2, smallest_share=0))
    >>> found.segmentation.segments[["segment", "customers"]].values.tolist()
    [['hybrid:loyal|cluster_1', 3], ['hybrid:new|cluster_2', 2]]
    """
    import numpy as np
    import pandas as pd

    for kind in (params.first, params.second):
        if kind not in others:
            raise AnalysisError("hybrid_needs", method=kind)
    one, two = others[params.first].segmentation, others[params.second].segmentation
    first, second = tuple(one.segments["segment"]), tuple(two.segments["segment"])
    row, column = (pd.Index(keys).get_indexer(pd.Index(side.labels)) for keys, side in ((first, one), (second, two)))
    inside = (row >= 0) & (column >= 0)
    if not inside.any():
        raise AnalysisError("hybrid_nobody_in_both", first=params.first, second=params.second)
    frame = profiles.customers
    spend = frame["spend"].to_numpy(dtype=float, na_value=np.nan) if "spend" in frame.columns else None
    shape = (len(first), len(second))
    place = np.where(inside, row * shape[1] + column, -1)
    counts = np.bincount(place[inside], minlength=shape[0] * shape[1]).reshape(shape)
    limit = max(params.least, math.ceil(round(params.smallest_share * int(counts.sum()), 9)))
    keys = _segments(counts, first, second, limit, params)
    order = list(dict.fromkeys(keys[counts > 0].tolist()))
    # What was put together stands last in its row, wherever its cells lie.
    order.sort(key=lambda key: (first.index(key_parts(key)[0]), key_parts(key)[1] in ("", _REST)))
    codes = np.append(pd.Index(order).get_indexer(pd.Index(keys.ravel())), -1)[place]
    made_of = (*one.made_of, *two.made_of)
    segmentation = segmentation_of(codes, order, method="hybrid", spend=spend, made_of=made_of)
    cells = pd.DataFrame(
        {
            "first": np.repeat(first, shape[1]),
            "second": np.tile(second, shape[0]),
            "customers": counts.ravel(),
            "revenue": _revenue(place, counts.size, spend),
            "small": counts.ravel() < limit if params.small != "keep" else False,
            "segment": keys.ravel(),
        }
    )
    cells = cells[cells["customers"] > 0].reset_index(drop=True)
    return HybridResult(
        segmentation=segmentation,
        cells=cells,
        first=first,
        second=second,
        limit=limit,
        names={**others[params.first].names, **others[params.second].names},
        held=_held(cells),
        notes=tuple(_notes(segmentation, limit, params)),
        params=params,
    )


def hybrid_key(first: str, second: str) -> str:
    """Return the key of a cell.

    Parameters
    ----------
    first : str
    second : str
        A segment of the second segmentation, ``"*"`` for the small cells of a row together, ``""`` for a whole row.

    Examples
    --------
    >>> hybrid_key("champions", "cluster_1")
    'hybrid:champions|cluster_1'
    """
    return f"{_START}{first}{_BETWEEN}{second}"


def key_parts(key: str) -> tuple[str, str]:
    """Return what a key of a cell was made of; for any other key two empty texts.

    Examples
    --------
    >>> key_parts("hybrid:champions|*"), key_parts("champions")
    (('champions', '*'), ('', ''))
    """
    if not key.startswith(_START):
        return "", ""
    first, _, second = key.removeprefix(_START).partition(_BETWEEN)
    return first, second


def _segments(
    counts: np.ndarray, first: tuple[str, ...], second: tuple[str, ...], limit: int, params: HybridParams
) -> np.ndarray:
    """Return the segment of each cell, row by row."""
    import numpy as np

    keys = np.array([[hybrid_key(a, b) for b in second] for a in first], dtype=object)
    if params.small == "keep":
        return keys
    for i, row in enumerate(counts):
        small, large = (row > 0) & (row < limit), row >= limit
        if not small.any():
            continue
        if not large.any():
            keys[i, :] = hybrid_key(first[i], "")
        elif params.small == "rest" and row[small].sum() >= limit:
            keys[i, small] = hybrid_key(first[i], _REST)
        else:
            keys[i, small] = keys[i, int(row.argmax())]
    return keys


def _revenue(place: np.ndarray, n_cells: int, spend: np.ndarray | None) -> np.ndarray:
    import numpy as np

    if spend is None:
        return np.full(n_cells, np.nan)
    inside = place >= 0
    return np.bincount(place[inside], np.nan_to_num(spend[inside]), minlength=n_cells)


def _held(cells: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    ranked = cells.sort_values("customers", ascending=False, kind="stable")
    columns = {str(key): tuple(part["second"]) for key, part in ranked.groupby("segment", sort=False)}
    rows = cells["first"].value_counts()
    columns = {
        # A whole row needs no name but its own.
        key: ("",) if len(held) > 1 and len(held) == rows[key_parts(key)[0]] else held
        for key, held in columns.items()
    }
    return {
        key: held
        for key, held in columns.items()
        if held != (key_parts(key)[1],) and key_parts(key)[1] not in ("", _REST)
    }


def _notes(segmentation: Segmentation, limit: int, params: HybridParams) -> list[Note]:
    if params.small == "keep":
        return []
    table = segmentation.segments[segmentation.segments["customers"] < limit]
    return [
        Note("hybrid_small_stays", {"segment": segment, "n": int(n), "limit": limit})
        for segment, n in zip(table["segment"], table["customers"], strict=True)
    ]


def _run(basis: Basis, params: HybridParams) -> HybridResult:
    return hybrid(basis.profiles, basis.others, params)


def _figures(result: HybridResult) -> dict[str, Any]:
    return {"first": result.params.first, "second": result.params.second, "limit": result.limit}


def _answer(result: HybridResult, edited: EditedSegmentation, names: Mapping[str, str], t: Translate) -> list[str]:
    params = result.params
    facts = {
        "first": t(f"compare.{params.first}"), "n_first": len(result.first),
        "second": t(f"compare.{params.second}"), "n_second": len(result.second),
        "n": len(result.segmentation.segments),
    }  # fmt: skip
    sentences = [t("hybrid.answer", **facts)]
    if top := leading(edited.table, names):
        sentences.append(t("clusters.answer_top", **top))
    if result.segmentation.n_outside:
        sentences.append(t("hybrid.answer_outside", n=result.segmentation.n_outside))
    return sentences


def _keep(result: HybridResult, params: HybridParams, profiles: Profiles, kept: Mapping[str, Any]) -> FittedHybrid:
    if result.fitted:
        return result.fitted.model_copy(update=dict(kept))
    cells = result.cells
    largest = cells.sort_values("customers", ascending=False, kind="stable").drop_duplicates("first")
    return FittedHybrid(
        params=result.params,
        cells=tuple(
            HybridCell(first=row["first"], second=row["second"], segment=row["segment"])
            for row in cells.to_dict("records")
        ),
        largest=dict(zip(largest["first"].tolist(), largest["segment"].tolist(), strict=True)),
        **kept,
    )


def _apply(basis: Basis, fitted: FittedHybrid, params: HybridParams) -> HybridResult:
    """Return a hybrid of today whose cells stand together as they did before."""
    import numpy as np
    import pandas as pd

    result, others = _run(basis, params), basis.others
    first, second = (others[kind].segmentation.labels for kind in (fitted.params.first, fitted.params.second))
    labels = _cell_labels(first, second, fitted)
    known = {(cell.first, cell.second): cell.segment for cell in fitted.cells}
    cells = result.cells
    segments = [_cell_segment(a, b, fitted, known) for a, b in zip(cells["first"], cells["second"], strict=True)]
    row = {key: place for place, key in enumerate(result.first)}
    # As in a hybrid that is not frozen: row by row, what was put together last.
    order = sorted(dict.fromkeys(segments), key=lambda key: (row[key_parts(key)[0]], key_parts(key)[1] in ("", "*")))
    frame = basis.profiles.customers
    spend = frame["spend"].to_numpy(dtype=float, na_value=np.nan) if "spend" in frame.columns else None
    codes = pd.Index(order).get_indexer(pd.Index(labels))
    return replace(
        result,
        segmentation=segmentation_of(codes, order, method="hybrid", spend=spend, made_of=result.segmentation.made_of),
        cells=cells.assign(segment=pd.array(segments, dtype="str")),
        notes=(),
        fitted=fitted,
    )


def _labels(basis: Basis, fitted: FittedHybrid, others: Mapping[str, pd.Series]) -> pd.Series:
    if not {fitted.params.first, fitted.params.second} <= set(others):
        raise AnalysisError("assign_needs_both", method=fitted.kind)
    return _cell_labels(others[fitted.params.first], others[fitted.params.second], fitted)


def _cell_segment(first: str, second: str, fitted: FittedHybrid, known: Mapping[tuple[str, str], str]) -> str:
    """Return where a cell's customers stand; a cell that was empty joins the largest of its row."""
    if (first, second) in known:
        return known[first, second]
    if fitted.params.small == "keep":
        return hybrid_key(first, second)
    return fitted.largest.get(first, hybrid_key(first, ""))


def _cell_labels(first: pd.Series, second: pd.Series, fitted: FittedHybrid) -> pd.Series:
    """Return the hybrid's segment of each customer from those of both segmentations; missing outside either."""
    import pandas as pd

    known = {(cell.first, cell.second): cell.segment for cell in fitted.cells}
    found = [
        None if pd.isna(one) or pd.isna(other) else _cell_segment(str(one), str(other), fitted, known)
        for one, other in zip(first, second, strict=True)
    ]
    return pd.Series(pd.array(found, dtype="str"), name="segment")


METHOD = Method(
    params=HybridParams,
    run=_run,
    icon="grid_on",
    answer=_answer,
    freezing=Freezing(FittedHybrid, keep=_keep, apply=_apply, labels=_labels),
    crossable=False,
    uses=lambda params: (params.first, params.second),
    figures=_figures,
)
