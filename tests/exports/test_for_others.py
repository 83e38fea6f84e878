"""What others may see: figures without customers, no group of fewer than five, and a line on what is left out."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import pytest

import cli
from analysis.charts.rfm import rfm_grid
from analysis.compare.compare import Comparison, compare
from analysis.compare.for_others import comparison_for_others, influence_for_others
from analysis.compare.influence import Influence
from analysis.errors import AnalysisError
from analysis.exports.contents import contents_for_others, segment_table
from analysis.exports.folder import write_folder, write_for_others
from analysis.exports.words import left_out
from analysis.exports.workbook import write_workbook
from analysis.figures import summary
from analysis.intake.reading.read import read_file
from analysis.overview.card_result import SegmentCards
from analysis.overview.card_words import CardText, card_texts
from analysis.profiles.result import Feature, Profiles
from analysis.segments.result import segmentation_of
from analysis.study import StudyResult, run, suggest
from analysis.study.for_others import SMALL, SharedStudy, for_others
from analysis.tags.params import Bands, Tag
from texts import LANGUAGES, Translator, translator


def orders(n: int = 40, seed: int = 7) -> bytes:
    """Return orders of customers, most of whom order often, so that some groups are small."""
    rng = np.random.default_rng(seed)
    rows = [
        {"order_id": f"O{c:03}-{k}", "customer_id": f"PERSON{c:03}", "order_date": f"2024-{1 + int(m):02}-11",
         "amount": round(float(a), 2)}
        for c in range(n)
        for k, (m, a) in enumerate(zip(rng.integers(0, 12, 1 + c % 4), rng.lognormal(4, 1, 4), strict=False))
    ]  # fmt: skip
    return pd.DataFrame(rows).to_csv(index=False).encode()


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return run(read_file(orders(), name="orders.csv"))


@pytest.fixture(scope="module")
def shared(result: StudyResult) -> SharedStudy:
    return for_others(result)


def test_small_segments_are_one_and_totals_stay(result: StudyResult, shared: SharedStudy) -> None:
    before, after = (one.edited["rfm"].segmentation.segments.set_index("segment") for one in (result, shared))
    assert before["customers"].between(1, 4).any()
    assert not after["customers"].between(1, 4).any()
    assert after["customers"].sum() == before["customers"].sum()
    assert after["revenue"].sum() == pytest.approx(before["revenue"].sum())
    assert shared.left_out["rfm"] == len(before) - len(after) + 1 >= 2
    assert SMALL not in shared.edited["rfm"].shown
    apart = after.index.drop(SMALL)
    assert (after.loc[apart, "customers"] == before.loc[apart, "customers"]).all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_names_nobody_and_counts_no_small_group(shared: SharedStudy, language: str) -> None:
    t, file = translator(language), io.BytesIO()  # pyright: ignore[reportArgumentType]
    write_workbook(file, contents_for_others(shared, t), t)
    book = openpyxl.load_workbook(file, read_only=True)
    cells = {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}
    texts = [str(cell) for rows in cells.values() for row in rows for cell in row]
    assert not any("PERSON" in text for text in texts)
    assert any(left_out(shared, t) == text for text in texts)
    for name in ("workbook.sheet.summary", "workbook.sheet.segments"):
        assert not [cell for row in cells[t(name)] for cell in row if isinstance(cell, int) and 0 < cell < 5]
    assert t("workbook.sheet.profiles") not in cells
    assert sum(cell == t("segment.small_groups") for row in cells[t("workbook.sheet.segments")] for cell in row) >= 1


def test_the_cards_say_nothing_of_a_few(shared: SharedStudy) -> None:
    assert shared.cards.cards
    for card in shared.cards.cards:
        assert card.customers >= 5
        assert card.pace is None or (card.pace.n >= 5 and not 0 < card.customers - card.pace.n < 5)
        assert card.change is None or not 0 < abs(card.change.now - card.change.before) < 5
        assert not 0 < (card.away or 0) < 5


def test_a_card_that_others_see_has_the_share_that_its_page_shows(result: StudyResult, shared: SharedStudy) -> None:
    own = {card.segments: (card.share, card.revenue_share) for card in result.cards.cards}
    alike = [card for card in shared.cards.cards if card.segments in own]
    assert alike and shared.left_out
    for card in alike:
        assert (card.share, card.revenue_share) == pytest.approx(own[card.segments])
    assert shared.cards.whole == result.cards.whole > shared.cards.customers


def test_others_are_told_the_same_advice_though_not_of_how_many(result: StudyResult, shared: SharedStudy) -> None:
    own = {card.segments: card.action for card in result.cards.cards}
    assert any(card.away is None and card.segments in own for card in shared.cards.cards)
    assert all(card.action == own[card.segments] for card in shared.cards.cards if card.segments in own)
    few = replace(shared.cards.cards[0], away=None, at_risk=None, pace=None)
    for action in ("call", "come_back", "win_back", "season_reminder"):
        cards = replace(shared.cards, cards=(replace(few, action=action),))
        en, zh = texts_of(cards, result)
        assert not any(sign in en.action + zh.action for sign in "0123456789{")


@pytest.mark.parametrize("seed", range(3))
def test_no_count_of_a_card_is_small_nor_follows_from_the_others(seed: int) -> None:
    own = run(read_file(orders(60, seed), name="orders.csv"))
    found = for_others(own).cards
    for name in ("away", "at_risk", "once"):
        known = {card.segments: getattr(card, name) for card in own.cards.cards}
        told = [(card.customers, getattr(card, name), known.get(card.segments)) for card in found.cards]
        assert not [one for one in told if one[1] is not None and (0 < one[1] < 5 or 0 < one[0] - one[1] < 5)]
        gone = [before for _, now, before in told if now is None]
        assert len(gone) != 1
    for card in found.cards:
        assert (card.away is None) == (card.away_revenue is None)
    assert found.to_frame()["away"].dropna().between(1, 4).sum() == 0
    assert all(text.action for text in texts_of(found, own))


def texts_of(cards: SegmentCards, own: StudyResult) -> list[CardText]:
    names = {key: key for card in cards.cards for key in card.segments}
    return [text for t in (Translator("en"), Translator("zh")) for text in card_texts(cards, own.profiles, names, t)]


def test_nothing_a_notebook_takes_out_of_it_counts_a_few(result: StudyResult, shared: SharedStudy) -> None:
    frame = shared.to_frame()
    assert not frame["customers"].between(1, 4).any() and shared._shape() == frame.shape
    assert frame.groupby("method")["customers"].sum().to_dict() == {
        method: int(one.segmentation.segments["customers"].sum()) for method, one in result.edited.items()
    }
    assert "PERSON" not in shared._repr_html_() and "PERSON" not in str(frame)
    for method, found in shared.segmentations.items():
        assert not found.segmentation.segments["customers"].between(1, 4).any(), method
        assert not found.segmentation.labels.value_counts().between(1, 4).any(), method
    for method in result.edited:
        found = shared.comparison(method)
        for rows in () if found is None else (found.numbers, found.shares):
            assert not [n for n in (*rows["n"], *rows.get("count", ())) if 0 < n < 5], method
    # What the recipe does not name is found on asking, and pooled as well.
    bare = for_others(run(result.standard.raws, result.recipe.model_copy(update={"segmentations": ()})))
    found, edited = bare._segmentation(result.recipe.segmentations[0])
    for one in (found, edited):
        assert not one.segmentation.segments["customers"].between(1, 4).any()


def crossed(seed: int, n: int = 90) -> tuple[Comparison, pd.DataFrame]:
    """Return a comparison of groups on levels of which a few have some, a flag and a number that a few lack."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"customer_id": [f"c{at:03}" for at in range(n)]})
    frame["city"] = pd.Series(rng.choice(["a", "b", "c", None], n, p=[0.6, 0.25, 0.1, 0.05]), dtype="str")
    frame["club"] = pd.Series(rng.random(n) < 0.1, dtype="boolean")
    frame["age"] = np.where(rng.random(n) < 0.05, np.nan, rng.normal(40, 9, n))
    kinds = {"city": "category", "club": "flag", "age": "number"}
    features = tuple(Feature(key, "basic", kind) for key, kind in kinds.items())
    own = pd.Series(rng.choice(["x", "y", "z"], n, p=[0.5, 0.4, 0.1]))
    groups = segmentation_of(own.map(["x", "y", "z"].index).to_numpy(), ["x", "y", "z"], method="rfm")
    return compare(Profiles(frame, features, date(2024, 1, 1)), groups, ["x", "y"]), frame.assign(group=own)


@pytest.mark.parametrize("seed", range(6))
def test_a_comparison_for_others_tells_of_no_few_and_they_do_not_follow(seed: int) -> None:
    found, frame = crossed(seed)
    told = comparison_for_others(found)
    assert len(told.shares) < len(found.shares)
    sizes = frame["group"].value_counts()
    for feature in ("city", "club"):
        values = frame[feature].astype(object).where(frame[feature].notna(), "nothing")
        table = pd.crosstab(frame["group"], values)
        rows = told.shares[told.shares["feature"] == feature]
        shown = {(row.segment, row.level if feature == "city" else True): row for row in rows.itertuples()}
        for (group, level), row in shown.items():
            assert row.count == table.loc[group, level]
            others = table.drop(index=group)[level].sum()
            assert not [n for n in (row.count, row.n, row.n - row.count, sizes[group] - row.n, others) if 0 < n < 5]
        # What is left of a row or a column of the table, where one cell alone is not told, is no few either.
        for group in ("x", "y"):
            hidden = [level for level in table if (group, level) not in shown]
            assert len(hidden) != 1 or not 0 < table.loc[group, hidden[0]] < 5 or not shown
    for row in told.numbers.itertuples():
        assert not [n for n in (row.n, sizes[row.segment] - row.n, row.rest_n) if 0 < n < 5]
    left = pd.concat([told.numbers.assign(level=""), told.shares])[["segment", "feature", "level"]]
    assert len(told.differences.merge(left)) == len(told.differences)


def test_what_goes_with_an_outcome_leaves_out_levels_of_a_few() -> None:
    rows = pd.DataFrame({"feature": ["city", "city", "plan"], "level": ["a", "b", "x"],
                         "n": [40, 50, 60], "count": [20, 18, 3]})  # fmt: skip
    found = influence_for_others(Influence("came", rows, (), n_known=200, n_came=40))
    assert found.rows["level"].tolist() == ["a"]  # with b, the 2 of the other cities follow


def test_the_summary_for_others_leaves_out_values_of_a_few() -> None:
    favourite = Tag(key="often", source=Bands(feature="n_orders", cuts=(4,)), type="value")
    rare = Tag(key="rare", source=Bands(feature="n_orders", cuts=(2, 5)), type="value")
    rows = "order_id,customer_id,order_date,amount\n" + "".join(
        f"O{c}-{k},C{c},2024-{1 + k:02}-11,{c + k + 1}\n" for c in range(40) for k in range(5 if c < 3 else 1 + c % 3)
    )
    tables = read_file(rows.encode(), name="orders.csv")
    own = run(tables, suggest(tables).model_copy(update={"tags": (favourite, rare)}))
    before, after = summary(own)["tags"], summary(for_others(own))["tags"]
    assert set(before["often"]["values"].values()) == {3, 37}
    assert before["rare"]["values"] and 3 in before["rare"]["values"].values()
    for key in ("often", "rare"):
        assert after[key]["customers"] == 40
        assert not [n for n in after[key]["values"].values() if n < 5]
        assert len(before[key]["values"]) - len(after[key]["values"]) >= 2  # never one alone, which would follow


def test_the_grid_holds_a_dash_where_few_are(result: StudyResult, shared: SharedStudy) -> None:
    t = Translator("en")
    grid = result.segmentations["rfm"]
    drawn = rfm_grid(grid, t, for_others=True).to_dict()  # pyright: ignore[reportArgumentType]
    [rows] = drawn["datasets"].values()
    assert {row["customers_text"] for row in rows} >= {"–"}
    assert not [row for row in rows if row["customers_text"] in set("1234") or 0 < (row["customers"] or 0) < 5]
    assert not any(row["revenue_text"] for row in rows if row["customers_text"] == "–")
    shown = rfm_grid(grid, t).to_dict()  # pyright: ignore[reportArgumentType]
    [own] = shown["datasets"].values()
    assert "–" not in {row["customers_text"] for row in own}  # a person's own screen shows all


def test_a_study_of_four_is_not_for_others() -> None:
    few = run(read_file(orders(4), name="orders.csv"))
    with pytest.raises(AnalysisError) as refused:
        for_others(few)
    assert refused.value.code == "share_too_few" and refused.value.facts == {"n": 4, "least": 5}


def test_files_for_others_take_the_place_of_a_run_and_parquet_is_refused(
    result: StudyResult, shared: SharedStudy, tmp_path
) -> None:
    t = Translator("en")
    write_folder(result, tmp_path, t, only="csv")
    with pytest.raises(AnalysisError, match="format_unknown"):
        write_for_others(shared, tmp_path, t, only="parquet")
    assert (tmp_path / "customers.csv").exists()
    assert sorted(path.name for path in write_for_others(shared, tmp_path, t)) == ["segments.csv", "segments.xlsx"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["segments.csv", "segments.xlsx"]
    rows = list(csv.DictReader((tmp_path / "segments.csv").read_text("utf-8-sig").splitlines()))
    assert [int(row["customers"]) for row in rows] == segment_table(shared, t)["customers"].tolist()


def test_the_command_line_writes_them_and_says_so(tmp_path, capsys) -> None:
    (tmp_path / "orders.csv").write_bytes(orders())
    out = tmp_path / "out"
    assert cli.main(["run", str(tmp_path / "orders.csv"), "-o", str(out), "--for-others", "--only", "csv"]) == 0
    assert [path.name for path in out.iterdir()] == ["segments.csv"]
    assert "No number of fewer than 5 customers" in capsys.readouterr().err
