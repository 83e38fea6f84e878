"""What each segment speaks of, beside all texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.feedback.result import Feedback

LEAST = 5  # texts of a segment, below which a share says nothing of it


def feedback_by_segment(found: Feedback, labels: pd.Series) -> pd.DataFrame:
    """Compare what the texts of each segment speak of.

    Parameters
    ----------
    found : Feedback
    labels : Series, one per customer of the profiles, in their order
        Segments; missing ones are left out.

    Returns
    -------
    DataFrame, one row per segment with five texts and what they speak of, the most spoken of first
        ``segment``, ``kind`` (``"aspect"`` or ``"topic"``), ``about`` (its key), ``texts`` (of the segment), ``n`` (of
        them that speak of it), ``share`` (0..1), ``low``, ``high`` (Wilson, 95 %), ``index`` (the share over that of
        the texts of all segments, times 100).

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.predict.feedback.params import FeedbackParams
    >>> from analysis.study import begin, read
    >>> texts = ["配送太慢了"] * 6 + ["味道很好"] * 3 + ["配送很快"] * 3
    >>> frame = pd.DataFrame({"客户编号": list("abcdefghijkl"), "评价时间": "2024-05-01", "评论内容": texts})
    >>> found = begin(read(frame)).prediction(FeedbackParams())
    >>> table = feedback_by_segment(found, pd.Series(["x"] * 6 + ["y"] * 6))
    >>> rows = table[table["about"] == "delivery"]
    >>> rows[["segment", "share", "index"]].round(1).values.tolist()
    [['x', 1.0, 133.3], ['y', 0.5, 66.7]]
    """
    import pandas as pd

    from analysis.stats.intervals import wilson

    of = pd.Series(labels.to_numpy(dtype=object), index=found.customers["customer_id"], dtype="object")
    said = found.said.assign(segment=found.said["customer_id"].map(of)).dropna(subset="segment")
    texts = said["segment"].value_counts()
    aspects = found.spoken[["row", "aspect"]].rename(columns={"aspect": "about"}).assign(kind="aspect")
    topics = said[["row", "topic"]].dropna().rename(columns={"topic": "about"}).assign(kind="topic")
    spoken = pd.concat([aspects, topics]).merge(said[["row", "segment"]], on="row")
    everywhere = spoken.groupby(["kind", "about"]).size() / max(len(said), 1)
    table = spoken.groupby(["segment", "kind", "about"]).size().rename("n").reset_index()
    table["texts"] = table["segment"].map(texts).astype("int64")
    table = table[table["texts"] >= LEAST]
    table["share"] = table["n"] / table["texts"]
    table["low"], table["high"] = wilson(table["n"].to_numpy(), table["texts"].to_numpy())
    of_all = everywhere.reindex(pd.MultiIndex.from_frame(table[["kind", "about"]])).to_numpy()
    table["index"] = 100 * table["share"] / of_all
    order = ["segment", "kind", "n", "index", "about"]
    table = table.sort_values(order, ascending=[True, True, False, False, True], ignore_index=True)
    return table[["segment", "kind", "about", "texts", "n", "share", "low", "high", "index"]]
