"""What people say: whether they are glad, about what, and how often telling that was right."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from heapq import nsmallest
from typing import TYPE_CHECKING, Any, Literal

from analysis.engine import go_on
from analysis.errors import AnalysisError
from analysis.notes import Note
from analysis.predict.feedback.aspects import MOST_TEXTS, Heard, hear, topics_of
from analysis.predict.feedback.learned import MIXED, is_better, learn
from analysis.predict.feedback.named import names_of
from analysis.predict.feedback.result import Accuracy, Feedback
from analysis.predict.feedback.scales import SATISFIED, by_month, scale_of
from analysis.predict.left_out import later_rows
from analysis.privacy.masks import mask_text
from analysis.profiles.risk import SCALES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.predict.feedback.aspects import Topic
    from analysis.predict.feedback.params import FeedbackParams, Said
    from analysis.profiles.result import Profiles

LEAST_TEXTS = 10
AT_ONCE = 5_000  # texts that are heard before it is asked whether to stop
QUOTES, LONGEST_QUOTE = 3, 120
WORDS_SHOWN = 4
TO_JUDGE = 50  # texts that a person judges before their share is told
SAD = 0.6  # of the scale: a rating of at most that is sad; between it and satisfied it teaches nothing


def feedback(standard: StandardTables, profiles: Profiles, params: FeedbackParams) -> Feedback:
    """Say what people say.

    Raises
    ------
    AnalysisError
        ``feedback_none``: there is no table of feedback. ``feedback_no_texts`` (n): it holds no texts, and no scores
        either. ``feedback_few`` (n, least): too few texts.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.predict.feedback.params import FeedbackParams
    >>> from analysis.study import begin, read
    >>> texts = ["配送太慢了", "味道很好", "包装破了", "服务态度很好", "太贵了"] * 4
    >>> people = [f"c{n}" for n in range(20)]
    >>> frame = pd.DataFrame({"客户编号": people, "评价时间": "2024-05-01", "评论内容": texts})
    >>> found = begin(read(frame)).prediction(FeedbackParams())
    >>> found.counts["negative"], found.aspects.loc[0, "aspect"]
    (12, 'delivery')
    """
    rows = _rows(standard, profiles)
    months = by_month(rows)
    texts = rows["comment"].dropna() if "comment" in rows else rows["day"].iloc[:0].astype("str")
    if len(texts) < LEAST_TEXTS and months.empty:
        if not len(texts):
            raise AnalysisError("feedback_no_texts", n=len(rows))
        raise AnalysisError("feedback_few", n=len(texts), least=LEAST_TEXTS)
    each = [str(text) for text in texts]
    clauses: dict[str, Any] = {}
    heard = []
    for start in range(0, len(each), AT_ONCE):
        go_on()
        heard += [hear(text, clauses) for text in each[start : start + AT_ONCE]]
    said, score, by, accuracy, rule = _judged(each, heard, rows.loc[texts.index], params)
    spoken = _spoken(heard)
    topics = topics_of(each, params.topics, params.seed)
    groups = {topic.key: tuple(map(hash_of, topic.words)) for topic in topics}
    table = rows.loc[texts.index, ["customer_id", "day"]].reset_index(names="row").assign(said=said, score=score)
    table["topic"] = _topic_of(topics, len(each))
    return Feedback(
        aspects=_aspects(spoken, said),
        topics=_topics(topics, said, names_of(groups, params.names), params),
        said=table,
        spoken=spoken.assign(row=table["row"].to_numpy()[spoken["row"]]),
        groups=groups,
        quotes=_quotes(each, said, spoken, topics),
        to_judge=_to_judge(each, params),
        customers=_customers(profiles, table, spoken),
        months=months,
        counts={name: said.count(name) for name in ("positive", "negative", "mixed", "none")},
        by=by,
        accuracy=accuracy,
        rule_accuracy=rule,
        as_of=profiles.as_of,
        notes=(
            *_notes(each, accuracy, params, rows, n_rated=int((_rated(rows.loc[texts.index]) != 0).sum())),
            *later_rows(standard, ("feedback",), profiles.as_of),
        ),
    )


def hash_of(text: str) -> str:
    """Return what stands for a text in the params: nothing of it can be read back.

    Examples
    --------
    >>> hash_of("很好")
    '38e5b024a6d4fff9'
    """
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _rows(standard: StandardTables, profiles: Profiles) -> pd.DataFrame:
    import narwhals as nw
    import pandas as pd

    if "feedback" not in standard.record_roles:
        raise AnalysisError("feedback_none")
    kept = [role for role in ("comment", "rating", "nps_score") if role in standard.record_roles["feedback"]]
    rows = standard.records("feedback").filter(nw.col("date") <= profiles.as_of)
    found: pd.DataFrame = rows.select("customer_id", *kept, day=nw.col("date")).collect("pandas").to_native()
    found = found.sort_values(["day", "customer_id", *kept], kind="stable", na_position="last")
    for name in ("rating", "nps_score"):
        if name in found:
            found[name] = pd.to_numeric(found[name], errors="coerce")
    return found.reset_index(drop=True)


def _judged(
    texts: Sequence[str], heard: Sequence[Heard], rows: pd.DataFrame, params: FeedbackParams
) -> tuple[list[Said], np.ndarray, Literal["words", "ratings"], Accuracy | None, Accuracy | None]:
    """Return what each text says and how gladly, by what, and how often that was right."""
    import numpy as np

    by_words: list[Said] = [one.said for one in heard]
    score = np.array([one.score for one in heard])
    rated = _rated(rows)
    places = np.flatnonzero(rated != 0)
    glad = rated[places] > 0
    wide = score[places] > 0
    tells = any(_says(text) for text in texts)  # signs and pictures alone are neither right nor wrong
    rule = _by_ratings(by_words, places, glad) if tells and len(places) >= TO_JUDGE else None
    found = learn([texts[int(place)] for place in places], glad, params.seed) if params.by != "words" else None
    if found is None or (params.by == "auto" and not is_better((found.chances >= 0.5) == glad, wide == glad)):
        judged = _by_labels(texts, by_words, params) or rule
        return by_words, score, "words", judged, rule
    chances = np.empty(len(texts))
    chances[places] = found.chances
    others = np.flatnonzero(rated == 0)
    chances[others] = found.chances_of([texts[int(place)] for place in others])
    said: list[Said] = [
        "none" if not _says(text) else "positive" if chance > MIXED[1] else "negative" if chance < MIXED[0] else "mixed"
        for text, chance in zip(texts, chances, strict=True)
    ]
    accuracy = _by_labels(texts, said, params) or _by_ratings(said, places, glad)
    return said, 2 * chances - 1, "ratings", accuracy, rule


def _says(text: str) -> bool:
    return any(sign.isalpha() for sign in text)


def _rated(rows: pd.DataFrame) -> np.ndarray:
    """Return 1 for a glad rating, −1 for a sad one, 0 for none and what lies between."""
    import numpy as np

    sides = np.zeros(len(rows))
    if "rating" in rows and rows["rating"].notna().any() and (scale := scale_of(rows["rating"])) is not None:
        ratings = rows["rating"].to_numpy(dtype=float)
        sides = np.where(ratings >= SATISFIED * scale, 1.0, np.where(ratings <= SAD * scale, -1.0, 0.0))
    elif "nps_score" in rows:
        scores = rows["nps_score"].to_numpy(dtype=float)
        sides = np.where(scores >= 9, 1.0, np.where(scores <= 6, -1.0, 0.0))
    return sides


def _by_ratings(said: Sequence[Said], places: np.ndarray, glad: np.ndarray) -> Accuracy:
    """Return how often what is told is what the rating says: a text that is told as neither is not told right."""
    told = [said[int(place)] for place in places]
    sides = ["positive" if one else "negative" for one in glad]
    n_right = sum(one == side for one, side in zip(told, sides, strict=True))
    return _accuracy("ratings", n_right, len(told), sum(one in ("mixed", "none") for one in told))


def _accuracy(of: Literal["ratings", "labels"], n_right: int, n: int, n_neither: int = 0) -> Accuracy:
    import numpy as np

    from analysis.stats.intervals import wilson

    low, high = wilson(np.array([n_right]), np.array([n]))
    return Accuracy(of, n, n_right, float(low[0]), float(high[0]), n_neither)


def _by_labels(texts: Sequence[str], said: Sequence[Said], params: FeedbackParams) -> Accuracy | None:
    known = {label.text: label.said for label in params.labels}
    told = {hash_of(text): one for text, one in zip(texts, said, strict=True)} if known else {}
    pairs = [(told[text], own) for text, own in known.items() if text in told]
    if not known or len(pairs) < least_judged(texts):
        return None
    return _accuracy("labels", sum(one == own for one, own in pairs), len(pairs))


def _spoken(heard: Sequence[Heard]) -> pd.DataFrame:
    """Return the aspects of each text, by its place."""
    import pandas as pd

    rows = [(place, name, side) for place, one in enumerate(heard) for name, side in one.about.items()]
    kinds = {"row": "int64", "aspect": "str", "side": "int64"}
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)


def least_judged(texts: Sequence[str]) -> int:
    """Return how many texts a person judges before their share is told: 50, or all where there are fewer."""
    return min(TO_JUDGE, len({text for text in texts if _says(text)}))


def _aspects(spoken: pd.DataFrame, said: Sequence[Said]) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    from analysis.stats.intervals import wilson

    side = spoken["side"]
    counted = pd.DataFrame({"aspect": spoken["aspect"], "n": 1, "positive": side > 0, "negative": side < 0})
    table = counted.groupby("aspect").sum().astype("int64").reset_index()
    saying = sum(one != "none" for one in said)
    table["share"] = table["n"] / max(saying, 1)
    either = (table["positive"] + table["negative"]).to_numpy()
    low, high = wilson(table["negative"].to_numpy(), np.maximum(either, 1))
    shares = np.where(either > 0, table["negative"] / np.maximum(either, 1), np.nan)
    table["negative_share"] = shares
    table["low"], table["high"] = np.where(either > 0, low, np.nan), np.where(either > 0, high, np.nan)
    glad, sad = said.count("positive"), said.count("negative")
    whole = sad / (glad + sad) if glad + sad else np.nan
    table["index"] = 100 * table["negative_share"] / whole if whole > 0 else np.nan
    order = ["aspect", "n", "share", "positive", "negative", "negative_share", "low", "high", "index"]
    return table.sort_values(["n", "aspect"], ascending=[False, True])[order].reset_index(drop=True)


def _topic_of(topics: Sequence[Topic], n: int) -> list[str | None]:
    found: list[str | None] = [None] * n
    for topic in topics:
        for place in topic.texts:
            found[place] = topic.key
    return found


def _topics(
    topics: Sequence[Topic], said: Sequence[Said], named: Mapping[str, int], params: FeedbackParams
) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for topic in topics:
        own = [said[place] for place in topic.texts]
        either = sum(one in ("positive", "negative") for one in own)
        negative = own.count("negative") / either if either else float("nan")
        name = params.names[named[topic.key]].name if topic.key in named else ""
        words = "、".join(topic.words[:WORDS_SHOWN])
        rows.append((topic.key, words, len(own), len(own) / len(said), negative, name))
    return pd.DataFrame(rows, columns=["topic", "words", "n", "share", "negative_share", "name"])


def _quotes(
    texts: Sequence[str], said: Sequence[Said], spoken: pd.DataFrame, topics: Sequence[Topic]
) -> dict[str, tuple[str, ...]]:
    """Return three texts of each aspect, sad ones first, and of each group of words; of middling length, masked."""

    def chosen(places: list[int]) -> tuple[str, ...]:
        different = {texts[place]: place for place in reversed(places)}
        by = ((said[place] != "negative", abs(len(texts[place]) - 40), place) for place in different.values())
        return tuple(mask_text(texts[place])[:LONGEST_QUOTE] for _, _, place in nsmallest(QUOTES, by))

    found = {str(name): chosen(places.tolist()) for name, places in spoken.groupby("aspect")["row"]}
    return found | {topic.key: chosen([int(place) for place in topic.texts[:200]]) for topic in topics}


def _to_judge(texts: Sequence[str], params: FeedbackParams) -> dict[str, str]:
    """Return texts for a person to judge: drawn by chance, those that were judged first."""
    import numpy as np

    known = {label.text for label in params.labels}
    different = list(dict.fromkeys(text for text in texts if _says(text)))
    order = np.random.default_rng(params.seed).permutation(len(different))
    drawn = [different[place] for place in order[:TO_JUDGE]]
    judged = [text for text in different if hash_of(text) in known and text not in drawn] if known else []
    return {hash_of(text): mask_text(text)[:LONGEST_QUOTE] for text in [*judged, *drawn]}


def _customers(profiles: Profiles, table: pd.DataFrame, spoken: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    ids = profiles.customers["customer_id"]
    saying = table[table["said"] != "none"]
    spoke_sadly = spoken[spoken["side"] < 0]
    people = table["customer_id"].to_numpy()[spoke_sadly["row"]]
    sad = pd.DataFrame({"customer_id": people, "aspect": spoke_sadly["aspect"].to_numpy()})
    most = (
        sad.value_counts().rename("n").reset_index().sort_values(["n", "aspect"], ascending=[False, True])
        .drop_duplicates("customer_id").set_index("customer_id")["aspect"]
    )  # fmt: skip
    has_text = table.groupby("customer_id").size().reindex(ids).notna().to_numpy()
    negative = table[table["said"] == "negative"].groupby("customer_id").size().reindex(ids).fillna(0.0)
    return pd.DataFrame({
        "customer_id": ids.to_numpy(),
        "score": saying.groupby("customer_id")["score"].mean().reindex(ids).to_numpy(dtype=float),
        "negative": negative.where(has_text).to_numpy(dtype=float),
        "aspect": most.reindex(ids).astype("object").to_numpy(),
    })  # fmt: skip


def _notes(
    texts: Sequence[str], accuracy: Accuracy | None, params: FeedbackParams, rows: pd.DataFrame, *, n_rated: int
) -> tuple[Note, ...]:
    found = []
    says = any(_says(text) for text in texts)
    if says and accuracy is None:
        there = {hash_of(text) for text in texts} if params.labels else set()
        n = sum(label.text in there for label in params.labels)
        facts = {"n": n, "least": least_judged(texts)}
        code = "feedback_unmeasured_rated" if n_rated else "feedback_unmeasured"
        found.append(Note(code, facts | ({"rated": n_rated, "of": TO_JUDGE} if n_rated else {})))
    if "rating" in rows and rows["rating"].notna().any() and (scale := scale_of(rows["rating"])) not in (*SCALES, None):
        found.append(Note("feedback_scale", {"scale": scale}, "check"))
    if "rating" in rows and rows["rating"].nunique() == 1 and rows["rating"].notna().sum() >= LEAST_TEXTS:
        found.append(Note("feedback_one_rating", {"rating": float(rows["rating"].max())}))
    if len(texts) > MOST_TEXTS and params.topics:
        found.append(Note("feedback_topics_drawn", {"n": MOST_TEXTS, "of": len(texts)}))
    if texts and not says:
        found.append(Note("feedback_says_nothing", {"n": len(texts)}))
    return tuple(found)
