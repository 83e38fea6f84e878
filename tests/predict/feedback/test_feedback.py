"""What people say: sentences by hand, published data, ratings that teach, labels that measure, nothing said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.predict.feedback.aspects import hear, topics_of
from analysis.predict.feedback.by_segment import feedback_by_segment
from analysis.predict.feedback.feedback import feedback, hash_of
from analysis.predict.feedback.learned import is_better, learn
from analysis.predict.feedback.lexicon import counts, sentiment
from analysis.predict.feedback.params import FeedbackParams, Label, TopicName
from analysis.predict.feedback.scales import by_month, net_promoter
from analysis.predict.feedback.told import features, figures
from analysis.predict.feedback.words import answer
from analysis.study import begin, read
from tests.thorough import examples
from texts import Translator

GLAD = ("味道很好，下次还来", "配送很快，小哥热情", "分量足，很实惠", "包装干净，推荐")
SAD = ("配送太慢了，凉了", "味道难吃，再也不买", "客服态度差，不退款", "包装破了，洒了一半")


def of(frame: pd.DataFrame, **chosen: Any) -> Any:
    found = begin(read(frame)).prepared()
    return feedback(found.standard, found.profiles, FeedbackParams(**chosen))


def reviews(texts: list[str], **columns: Any) -> pd.DataFrame:
    people = [f"C{n % 40:02}" for n in range(len(texts))]
    days = [f"2024-{1 + n % 6:02}-10" for n in range(len(texts))]
    return pd.DataFrame({"客户编号": people, "评价时间": days, "评论内容": texts, **columns})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("配送太慢了", "negative"), ("不是不好吃", "positive"), ("味道一般但是客服态度很好", "mixed"),
        ("not bad at all", "positive"), ("", "none"), ("😀😀👍", "none"), ("收到了", "none"), ("不难吃", "positive"),
        ("东西不错，不过有点贵", "mixed"), ("never arrived and nobody answers", "negative"),
        ("It isn't good", "negative"), ("Great value, fast delivery!", "positive"),
        ("no problems, works well", "positive"), ("客服不退款", "negative"),
        ("The food was delicious but the waiter was rude", "mixed"),
        ("没有失望", "positive"), ("一点也不新鲜", "negative"), ("I don’t like it", "negative"),
        ("It wasn’t good", "negative"), ("never disappointed", "positive"), ("never had a problem", "positive"),
        ("I will never come back", "negative"), ("no complaints", "positive"), ("it doesn't work", "negative"),
        ("不怎么样", "negative"), ("物超所值", "positive"), ("Couldn’t be happier", "positive"),
    ],
)  # fmt: skip
def test_sentences_by_hand(text: str, said: str) -> None:
    assert sentiment(text) == said


@given(st.text(max_size=60))
@examples(100)
def test_any_text_says_something_or_nothing(text: str) -> None:
    glad, sad = counts(text)
    assert (sentiment(text) == "none") == (glad == sad == 0)
    assert set(hear(text).about.values()) <= {-1, 0, 1} and hear(text).said == sentiment(text)


def test_published_reviews_are_told_as_often_as_known(shared_data: Path) -> None:
    rows = pd.read_csv(shared_data / "sentiment" / "waimai_10k.csv")
    glad = rows["label"].to_numpy() == 1
    found = learn(list(rows["review"]), glad)
    assert found is not None
    assert found.n_right / found.n == pytest.approx(0.8984, abs=0.004)
    from sklearn.metrics import f1_score

    told = found.chances >= 0.5
    assert f1_score(glad, told, average="macro") == pytest.approx(0.8827, abs=0.004)
    assert f1_score(~glad, ~told) == pytest.approx(0.9256, abs=0.004)
    pairs = np.array([counts(text) for text in rows["review"]])
    words = pairs[:, 0] > pairs[:, 1]
    assert (words == glad).mean() >= 0.84
    assert is_better((found.chances >= 0.5) == glad, words == glad)


def test_net_promoter_by_hand_and_month_by_month() -> None:
    score, error, low, high = net_promoter(40, 40, 20)
    assert (score, error) == (pytest.approx(20), pytest.approx(7.4833, abs=1e-4))
    assert low == pytest.approx(20 - 1.96 * 7.4833, abs=0.01) and high == pytest.approx(20 + 1.96 * 7.4833, abs=0.01)
    days = pd.to_datetime(["2024-01-05"] * 5 + ["2024-02-05"] * 2)
    rows = pd.DataFrame({"day": days, "nps_score": [10, 9, 8, 3, 9, 0, 6], "rating": [5, 4, 3, 1, 5, 2, 2]})
    table = by_month(rows)
    assert table["measure"].tolist() == ["nps", "nps", "csat", "csat"]
    assert table["value"].tolist() == [40, -100, 0.6, 0]
    assert table["n"].tolist() == [5, 2, 5, 2]
    assert (table["low"].iat[1], table["high"].iat[1]) == (-100, -100)


def test_ratings_teach_words_that_no_list_holds() -> None:
    rng = np.random.default_rng(0)
    filler = ["收到了", "第二次买", "给同事带的", "中午点的"]
    texts, ratings = [], []
    for _ in range(320):
        glad = bool(rng.random() < 0.5)
        texts.append(("嘎嘎" if glad else "噜噜") + filler[rng.integers(4)] + str(rng.integers(1000)))
        ratings.append(5 if glad else 1)
    found = of(reviews(texts, 评分=ratings), topics=0)
    assert found.by == "ratings"
    assert found.accuracy.of == "ratings" and found.accuracy.share > 0.95
    assert found.rule_accuracy.share < 0.7
    noise = of(
        reviews(
            [GLAD[n % 4] if n % 2 else SAD[n % 4] for n in range(320)], 评分=[5 if n % 2 else 1 for n in range(320)]
        )
    )
    assert noise.by == "words", "what is learned gives way where the words are as good"


def test_aspects_are_counted_with_their_side_and_real_quotes() -> None:
    found = of(reviews(list(GLAD * 6 + SAD * 9)), topics=0)
    table = found.aspects.set_index("aspect")
    assert table.loc["delivery", ["positive", "negative"]].tolist() == [6, 9]
    assert table.loc["delivery", "negative_share"] == pytest.approx(0.6)
    assert table.loc["delivery", "low"] < 0.6 < table.loc["delivery", "high"]
    assert found.quotes["taste"] == (SAD[1], GLAD[0])
    assert found.counts == {"positive": 24, "negative": 36, "mixed": 0, "none": 0}
    columns = {feature.key: values for feature, values in features(found)}
    assert columns["feedback_negative"].sum() == 36
    assert {"delivery", "service"} & set(columns["feedback_complaint"].dropna())


def test_quotes_and_texts_to_judge_show_nothing_personal() -> None:
    texts = [f"太慢了，给 1381234{n:04} 打电话没人接" for n in range(30)]
    found = of(reviews(texts), topics=0)
    shown = [*found.to_judge.values(), *(quote for quotes in found.quotes.values() for quote in quotes)]
    assert shown and not any("1381234" in one for one in shown)
    assert "1381234" not in repr(figures(found))


def test_fifty_judged_texts_measure_what_is_told() -> None:
    texts = [f"{GLAD[n % 4] if n % 2 else SAD[n % 4]}{n}" for n in range(80)]
    first = of(reviews(texts), topics=0)
    assert first.accuracy is None and first.notes[0].code == "feedback_unmeasured"
    judged = tuple(
        Label(text=hash_of(text), said="positive" if n % 2 else "negative") for n, text in enumerate(texts[:50])
    )
    found = of(reviews(texts), topics=0, labels=judged)
    assert (found.accuracy.of, found.accuracy.n, found.accuracy.n_right) == ("labels", 50, 50)
    assert found.accuracy.low < 1


def test_what_is_told_as_neither_beside_a_clear_rating_is_not_told_right() -> None:
    texts = [f"{GLAD[n % 4]}{n}" if n < 40 else f"收到了{n}" if n < 60 else f"{SAD[n % 4]}{n}" for n in range(100)]
    found = of(reviews(texts, 评分=[5] * 40 + [1] * 60), topics=0, by="words")
    assert (found.counts["positive"], found.counts["none"], found.counts["negative"]) == (40, 20, 40)
    assert (found.accuracy.n, found.accuracy.n_right, found.accuracy.n_neither) == (100, 80, 20)
    assert "80%" in answer(found, Translator("en"))[-1] and "20%" in answer(found, Translator("en"))[-1]


@pytest.mark.parametrize(("marks", "scale", "satisfied"), [((1, 3), 3, 0.5), ((0, 1), 1, 0.5), ((2, 7), 7, 0.5)])
def test_where_many_gave_the_best_mark_that_anybody_gave_it_is_the_best_there_is(
    marks: tuple[int, int], scale: int, satisfied: float
) -> None:
    """Ratings of one to three are no ratings out of five, of which all would be sad."""
    texts = [f"{SAD[n % 4]}{n}" if n % 2 == 0 else f"{GLAD[n % 4]}{n}" for n in range(120)]
    found = of(reviews(texts, 评分=[marks[n % 2] for n in range(120)]), topics=0, by="words")
    assert found.accuracy.n == 120 and found.accuracy.n_right == 120
    assert (found.months["value"] * found.months["n"]).sum() / found.months["n"].sum() == pytest.approx(satisfied)
    [note] = [note for note in found.notes if note.code == "feedback_scale"]
    assert note.facts == {"scale": scale}


def test_a_few_ratings_are_not_said_to_be_none() -> None:
    texts = [f"{GLAD[n % 4] if n % 2 else SAD[n % 4]}{n}" for n in range(30)]
    found = of(reviews(texts, 评分=[5 if n % 2 else 1 for n in range(30)]), topics=0)
    assert found.accuracy is None
    assert found.notes[0].facts == {"n": 0, "least": 30, "rated": 30, "of": 50}
    for language in ("en", "zh"):
        assert "30" in Translator(language)(f"note.{found.notes[0].code}", **found.notes[0].facts)


def test_opening_hours_are_no_waiting() -> None:
    assert "waiting" not in hear("I love the new opening hours").about
    assert hear("we waited for hours, too slow").about["waiting"] == -1


def test_groups_of_words_are_the_same_whatever_the_seed() -> None:
    rng = np.random.default_rng(1)
    groups = (["物流", "快递", "发货"], ["退款", "售后", "客服"], ["颜色", "尺码", "款式"])
    texts = [" ".join(rng.permutation(groups[n % 3])[:2]) + f" {n}" for n in range(150)]
    first, *others = ({frozenset(topic.words[:3]) for topic in topics_of(texts, 3, seed)} for seed in range(3))
    assert first == {frozenset(group) for group in groups}
    assert all(other == first for other in others)


GROUPS = (
    ("物流", "快递", "发货", "包裹", "签收"), ("退款", "售后", "客服", "换货", "投诉"),
    ("颜色", "尺码", "款式", "布料", "做工"), ("优惠", "价格", "积分", "活动", "红包"),
)  # fmt: skip


def grouped(n: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(rng.permutation(GROUPS[n % 4])[:3]) + f" {n}" for n in range(n)]


def test_names_of_groups_are_kept_with_new_texts_and_over_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.predict.feedback.aspects.MOST_TEXTS", 150)  # so that every seed draws other texts
    first = of(reviews(grouped(400, 0)), topics=4)
    names = tuple(TopicName(words=words, name=f"group {place}") for place, words in enumerate(first.groups.values()))
    about = {name.name: of_words(words) for name, words in zip(names, first.topics["words"], strict=True)}
    assert len(about) == 4 and len(set(about.values())) == 4
    kept = []
    for seed in range(1, 4):
        again = of(reviews(grouped(400, 0) + grouped(200, seed)), topics=4, seed=seed, names=names)
        kept += [about.get(row["name"]) == of_words(row["words"]) for row in again.topics.to_dict("records")]
    assert np.mean(kept) >= 0.8
    assert of(reviews(["收到了"] * 80 + grouped(8, 1)), topics=4, names=names).topics["name"].eq("").all()


def of_words(words: str) -> int:
    """Return which of the planted groups most of the words are of."""
    return max(range(4), key=lambda group: len(set(GROUPS[group]) & set(words.split("、"))))


def test_what_a_segment_speaks_of_is_counted_as_by_a_loop() -> None:
    texts = grouped(120, 3) + list(SAD * 10)
    found = of(reviews(texts), topics=4)
    segments = pd.Series(["few" if n < 1 else "a" if n % 2 else "b" for n in range(40)]).where(
        found.customers["customer_id"] != "C07"
    )
    table = feedback_by_segment(found, segments)
    of_customer: dict[str, Any] = dict(zip(found.customers["customer_id"], segments, strict=True))
    of_row = {row: of_customer[who] for row, who in zip(found.said["row"], found.said["customer_id"], strict=True)}
    n_all = sum(isinstance(one, str) for one in of_row.values())
    assert set(table["segment"]) == {"a", "b"} and set(table["kind"]) == {"aspect", "topic"}
    for row in table.to_dict("records"):
        rows = (
            found.spoken.loc[found.spoken["aspect"] == row["about"], "row"]
            if row["kind"] == "aspect"
            else found.said.loc[found.said["topic"] == row["about"], "row"]
        )
        n = sum(of_row[one] == row["segment"] for one in rows)
        everywhere = sum(isinstance(of_row[one], str) for one in rows) / n_all
        texts_of = sum(one == row["segment"] for one in of_row.values())
        assert (row["n"], row["texts"]) == (n, texts_of)
        assert row["index"] == pytest.approx(100 * n / texts_of / everywhere)
        assert row["low"] < row["share"] < row["high"] or row["share"] in (0, 1)


def test_of_fewer_than_fifty_texts_all_that_there_are_measure_what_is_told() -> None:
    texts = [*GLAD, *SAD, *(f"{SAD[0]}{n}" for n in range(8))]
    judged = tuple(Label(text=hash_of(text), said="negative") for text in texts)
    assert of(reviews(texts), topics=0, labels=judged[:-1]).accuracy is None
    found = of(reviews(texts), topics=0, labels=judged)
    assert (found.accuracy.n, found.accuracy.n_right) == (16, 12)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_answers_have_no_blanks(language: Any) -> None:
    t = Translator(language)
    for frame in (
        reviews(list(GLAD * 5 + SAD * 5)), reviews(["👍"] * 12), reviews(list(GLAD * 5), 评分=[5] * 20),
        reviews(["很好"] * 12).drop(columns="评论内容").assign(评分=4),
    ):  # fmt: skip
        found = of(frame, topics=0)
        told = [*answer(found, t), *(t(f"note.{note.code}", **note.facts) for note in found.notes)]
        assert all(one and "{" not in one and "nan" not in one for one in told)


def test_pictures_with_ratings_are_neither_right_nor_wrong() -> None:
    found = of(reviews(["👍", "😡"] * 30, 评分=[5, 1] * 30), topics=0)
    assert (found.accuracy, found.rule_accuracy) == (None, None)
    assert [note.code for note in found.notes] == ["feedback_says_nothing"]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (reviews(["很好"] * 4), "feedback_few"),
        (pd.DataFrame({"customer id": ["a", "b"], "order date": "2024-01-01", "amount": [1, 2]}), "feedback_none"),
    ],
)
def test_what_cannot_be_told_is_refused(frame: pd.DataFrame, code: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        of(frame)
    assert refused.value.code == code
