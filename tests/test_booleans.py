"""A yes/no column is one thing from the file to the last export, however it is written."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.booleans import folded, read_flags
from analysis.compare.compare import compare
from analysis.conditions import Condition
from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.experiments.rows.read import Metric, ReadParams, read_experiment
from analysis.experiments.rows.suggest import suggest_columns
from analysis.experiments.rows.table import results_table, text_rows
from analysis.exports.cells import feature_column
from analysis.intake.cells.values import NOTHING
from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.describe import describe
from analysis.profiles.outcome import outcome_of
from analysis.profiles.result import Profiles
from analysis.recipe import SegmentationPlan
from analysis.segments.by_rule.rules import rules
from analysis.segments.clustering.clusters import clusters
from analysis.segments.params import ClusterParams, RulesParams, SegmentRule
from analysis.study import prepare, run, suggest
from texts import Translator

SPELLINGS = [
    ("yes", "no"), ("YES", "NO"), ("Y", "N"), ("J", "N"), ("true", "false"), ("TRUE", "FALSE"), ("1", "0"),
    ("1.0", "0.0"), ("on", "off"), ("✓", "✗"), ("√", "×"), ("是", "否"), ("有", "无"), ("有", "没有"), ("对", "错"),
    ("真", "假"), ("yes", "none"), ("是", "无"), ("已开通", "未开通"), ("已关注", "未关注"), ("はい", "いいえ"),
    ("예", "아니오"), ("ja", "nein"), ("oui", "non"), ("sí", "no"), ("sì", "no"), ("sim", "não"), ("ja", "nee"),
    ("tak", "nie"), ("да", "нет"), ("evet", "hayır"), ("نعم", "لا"), ("ใช่", "ไม่ใช่"), ("WAHR", "FALSCH"),
    ("Subscribed", "Unsubscribed"),
]  # fmt: skip
CATEGORIES = [
    ("Male", "Female"), ("男", "女"), ("A", "B"), ("North", "South"), ("N", "S"), ("会员", "非会员"), ("no", "a few"),
    ("new", "old"), ("M", "F"), ("yes", "maybe"), ("已开通", "未关注"),
]  # fmt: skip
N_YES, N_NO, N_BLANK = 50, 140, 10
PAIRS = [*SPELLINGS, *CATEGORIES]
KEYS = {pair: f"q{place}" for place, pair in enumerate(PAIRS)}


def members_file(*columns: tuple[str, str, str]) -> bytes:
    """Write 200 members with columns of a header and two values: 50 of the first, 140 of the second, 10 blank."""
    lines = [f"customer id,points,{','.join(header for header, _, _ in columns)}"]
    for i in range(N_YES + N_NO + N_BLANK):
        cells = [yes if i < N_YES else no if i < N_YES + N_NO else "" for _, yes, no in columns]
        lines.append(f"c{i:03},{i % 7},{','.join(cells)}")
    return "\n".join(lines).encode()


@cache
def members(*columns: tuple[str, str, str]) -> Profiles:
    tables = read_file(members_file(*columns), name="members.csv")
    return prepare(tables, suggest(tables)).profiles


def every_pair() -> Profiles:
    return members(*((KEYS[pair], *pair) for pair in PAIRS))


def by_rule(profiles: Profiles, key: str, op: str, *values: str) -> int:
    rule = SegmentRule(key="them", when=Condition(feature=key, op=op, values=values))  # pyright: ignore
    return int(rules(profiles, RulesParams(rules=(rule,))).rules["matches"].iloc[0])


@pytest.mark.parametrize("pair", SPELLINGS)
def test_rules_and_exports_count_the_same_yes_and_no_and_missing(pair: tuple[str, str]) -> None:
    profiles, key = every_pair(), KEYS[pair]
    feature = profiles.feature(key)
    assert feature is not None and feature.kind == "flag"
    found = [by_rule(profiles, key, op) for op in ("yes", "no", "is_missing")]
    assert found == [N_YES, N_NO, N_BLANK]
    t = Translator("en")
    words = feature_column(feature, profiles.customers[key], t).values
    assert [words.count(word) for word in (t("workbook.yes"), t("workbook.no"), None)] == [N_YES, N_NO, N_BLANK]


def test_clusters_and_comparisons_take_every_such_column() -> None:
    profiles, flags = every_pair(), tuple(KEYS[pair] for pair in SPELLINGS)
    found = clusters(profiles, ClusterParams(features=("points", *flags), k=2))
    assert found.segmentation.labels.notna().sum() == N_YES + N_NO + N_BLANK
    rule = SegmentRule(key="few", when=Condition(feature="points", op="le", values=(2,)))
    segmentation = rules(profiles, RulesParams(rules=(rule,))).segmentation
    shares = compare(profiles, segmentation, ("rule_few", "other")).shares
    assert {key: int(shares[shares["feature"] == key]["count"].sum()) for key in flags} == dict.fromkeys(flags, N_YES)


@pytest.mark.parametrize("typed", [True, False], ids=["from a file", "from a notebook"])
def test_outcomes_of_an_experiment_are_read_whole(typed: bool) -> None:
    lines = [f"id,arm,{','.join(KEYS[pair] for pair in SPELLINGS)}"]
    for i in range(400):
        said = [pair[0 if i % 200 < (30 if i < 200 else 75) else 1] for pair in SPELLINGS]
        lines.append(f"u{i},{'AB'[i >= 200]},{','.join(said)}")
    [raw] = read_file("\n".join(lines).encode())
    rows = results_table(raw, text=("id", "arm")) if typed else text_rows(raw)
    metrics = tuple(Metric(column=KEYS[pair], kind="proportion") for pair in SPELLINGS)
    data = read_experiment(rows, ReadParams(arm="arm", unit="id", metrics=metrics))
    for metric in metrics:
        both = [data.statistic(metric.column, arm) for arm in "AB"]
        assert both == [ProportionStatistic(200, 30), ProportionStatistic(200, 75)], metric.column
    assert set(suggest_columns(rows).proportions) == {metric.column for metric in metrics}


def test_an_outcome_where_everybody_said_yes_is_read_and_another_word_is_refused() -> None:
    import pandas as pd

    params = ReadParams(arm="arm", metrics=(Metric(column="bought", kind="proportion"),))
    rows = pd.DataFrame({"arm": ["A", "B"] * 20, "bought": ["yes"] * 40})
    assert read_experiment(rows, params).statistic("bought", "A").successes == 20  # pyright: ignore
    with pytest.raises(AnalysisError) as refused:
        read_experiment(rows.assign(bought=["yes", "perhaps"] * 20), params)
    assert refused.value.code == "experiment_text_outcome"


@pytest.mark.parametrize("tick", ["x", "✓", "是"])
def test_an_outcome_that_is_ticked_or_left_empty_counts_everybody(tick: str) -> None:
    import pandas as pd

    params = ReadParams(arm="arm", metrics=(Metric(column="bought", kind="proportion"),))
    for nothing in ("", None):
        rows = pd.DataFrame({"arm": ["A", "B"] * 20, "bought": [tick, nothing, nothing, nothing] * 10})
        data = read_experiment(rows, params)
        assert [data.statistic("bought", arm) for arm in "AB"] == [
            ProportionStatistic(20, 10),
            ProportionStatistic(20, 0),
        ]


@pytest.mark.parametrize("pair", CATEGORIES)
def test_two_other_values_stay_a_category(pair: tuple[str, str]) -> None:
    profiles, key = every_pair(), KEYS[pair]
    feature = profiles.feature(key)
    assert feature is not None and feature.kind == "category"
    assert by_rule(profiles, key, "in", pair[0]) == N_YES
    with pytest.raises(AnalysisError) as refused:
        by_rule(profiles, key, "yes")
    assert refused.value.code == "rules_wrong_question"


@pytest.mark.parametrize("header", ["n_calls", "购买次数", "Anzahl", "number of calls", "callCount", "优惠券数量"])
def test_counts_that_are_0_and_1_are_no_flags(header: str) -> None:
    assert read_flags(["0", "1"], header=header) is None


def test_a_count_that_is_0_or_1_stays_a_number_in_the_profiles() -> None:
    assert [one.kind for one in members(("n_calls", "1", "0"), ("caller", "1", "0")).features[1:]] == ["number", "flag"]


@pytest.mark.parametrize("header", ["is_number", "has orders", "是否有次数卡", "newsletter", "会员"])
def test_other_columns_of_0_and_1_are_flags(header: str) -> None:
    assert read_flags(["0", "1"], header=header) is not None


@pytest.mark.parametrize("header", ["phone", "手机", "手机绑定", "mobile", "email", "member", "会员", "name"])
def test_a_yes_no_column_named_after_a_phone_or_a_person_is_neither(header: str) -> None:
    profiles = members((header, "是", "否"))
    assert len(profiles.customers) == N_YES + N_NO + N_BLANK
    feature = profiles.features[-1]
    assert (feature.kind, feature.personal, feature.header) == ("flag", None, header)
    assert int(profiles.customers[feature.key].sum()) == N_YES


def test_the_mapping_shows_a_word_for_nothing_as_the_no_that_it_is() -> None:
    [table] = read_file(members_file(("club", "有", "无")))
    seen = describe(table)[2]
    assert (seen.kind, seen.n_filled, seen.n_distinct) == ("flag", N_YES + N_NO, 2)


def test_a_column_whose_files_hold_one_side_each_is_read_together() -> None:
    texts = [f"customer id,points,club\n{prefix}1,1,{cell}\n{prefix}2,2,{cell}\n" for prefix, cell in ("ay", "bn")]
    tables = [table for text in texts for table in read_file(text.encode(), name=f"{text[25]}.csv")]
    recipe = suggest(tables)
    columns = recipe.sources[0].columns
    used = tuple(one.model_copy(update={"role": "extra"}) if one.name == "club" else one for one in columns)
    sources = tuple(source.model_copy(update={"columns": used, "kind": "customers"}) for source in recipe.sources)
    customers = prepare(tables, recipe.model_copy(update={"sources": sources})).profiles.customers
    assert dict(zip(customers["customer_id"], customers["club"], strict=True)) == {
        "a1": True, "a2": True, "b1": False, "b2": False,
    }  # fmt: skip


def test_blanks_that_a_person_counts_as_a_value_make_three_categories() -> None:
    tables = read_file(members_file(("club", "yes", "no")), name="members.csv")
    recipe = suggest(tables)
    [source] = recipe.sources
    columns = tuple(
        one.model_copy(update={"missing": "unknown"}) if one.name == "club" else one for one in source.columns
    )
    changed = recipe.model_copy(update={"sources": (source.model_copy(update={"columns": columns}),)})
    counts = prepare(tables, changed).profiles.customers["club"].value_counts().to_dict()
    assert counts == {"no": N_NO, "yes": N_YES, "unknown": N_BLANK}


def test_a_value_that_a_person_reads_as_another_counts_as_that() -> None:
    tables = read_file(members_file(("club", "yes", "nope not me")), name="members.csv")
    recipe = suggest(tables)
    [source] = recipe.sources
    columns = tuple(
        one.model_copy(update={"merges": (("nope not me", "no"),)}) if one.name == "club" else one
        for one in source.columns
    )
    changed = recipe.model_copy(update={"sources": (source.model_copy(update={"columns": columns}),)})
    column = prepare(tables, changed).profiles.customers["club"]
    assert (int(column.sum()), int((~column).sum())) == (N_YES, N_NO)


@given(
    pair=st.sampled_from(SPELLINGS),
    sides=st.lists(st.booleans(), min_size=2, max_size=30),
    shape=st.sampled_from([str, str.upper, str.title, " {} ".format, "{}.".format]),
)
def test_case_blanks_and_a_full_stop_change_nothing(pair, sides, shape) -> None:
    if len(set(sides)) < 2:
        return
    cells = [shape(pair[0] if side else pair[1]) for side in sides]
    found = read_flags(cells, nothing=NOTHING)
    assert found is not None
    assert [cell in found.yes for cell in cells] == sides
    assert [cell in found.no for cell in cells] == [not side for side in sides]


@given(st.lists(st.text(max_size=6), max_size=8))
def test_no_cell_is_both_yes_and_no_and_every_other_one_says_nothing(cells) -> None:
    found = read_flags(cells, nothing=NOTHING)
    if found is not None:
        assert found.yes and found.no and not found.yes & found.no
        rest = {folded(cell) for cell in set(cells) - found.yes - found.no}
        assert rest <= {"", *(folded(word) for word in NOTHING)}


def answers(*odd: str, yes: str = "yes", no: str = "no") -> bytes:
    """Write 100 members who answered, the last of them with odd words."""
    said = [yes] * 40 + [no] * (60 - len(odd)) + list(odd)
    lines = [f"c{i:03},{i % 7},{one}" for i, one in enumerate(said)]
    return "\n".join(["customer id,points,has garden", *lines]).encode()


def test_a_typing_error_in_a_yes_no_column_keeps_the_column_and_its_rules_and_is_named() -> None:
    tables = read_file(answers(), name="may.csv")
    asks = RulesParams(rules=(SegmentRule(key="green", when=Condition(feature="has garden", op="yes")),))
    recipe = suggest(tables).with_plan(SegmentationPlan(params=asks))
    for odd, words, n in ((("yse", "noo", "yse"), "yse, noo", 3), (("是", "maybe"), "maybe, 是", 2)):
        found = run(read_file(answers(*odd), name="june.csv"), recipe)
        assert "rules" not in found.problems
        assert found.edited["rules"].segmentation.segments["customers"].tolist() == [40, 60]
        assert found.profiles.customers["has garden"].isna().sum() == n
        [note] = [note for note in found.standard.notes if note.code == "flag_words_unread"]
        assert (note.facts["column"], note.facts["words"], note.facts["n"]) == ("has garden", words, n)
    odd_table = read_file(answers("yse"), name="june.csv")[0]
    assert [column.kind for column in describe(odd_table)] == [column.kind for column in describe(tables[0])]


@pytest.mark.parametrize(
    ("yes", "no", "odd"),
    [
        ("yes", "no", ["maybe"] * 3),  # a third answer
        ("yes", "no", ["yse"] * 6),  # written too often to be a slip
        ("Y", "N", ["U"] * 3),  # of one letter another is meant as often
        ("1", "0", ["2"]),  # a count
    ],
)
def test_words_that_are_no_slips_leave_a_column_as_it_is(yes: str, no: str, odd: list[str]) -> None:
    tables = read_file(answers(*odd, yes=yes, no=no), name="may.csv")
    found = prepare(tables, suggest(tables))
    assert next(one for one in found.profiles.features if one.key == "has garden").kind != "flag"
    assert not [note for note in found.standard.notes if note.code == "flag_words_unread"]


TICKS = ["x", "X", "✓", "√", "是", "1", "yes", "ja", "☒"]


def ticked() -> bytes:
    """Write 60 members of whom every third has a tick in each column; the last column closes the row."""
    lines = ["customer id,points," + ",".join(f"q{place}" for place in range(len(TICKS))) + ",Churned"]
    for i in range(60):
        cells = [tick if i % 3 == 0 else "" for tick in TICKS] + ["x" if i % 4 == 0 else ""]
        lines.append(f"c{i:03},{i % 7},{','.join(cells)}")
    return "\n".join(lines).encode()


def test_a_column_of_ticks_or_nothing_is_yes_or_no_and_says_that_nothing_is_no() -> None:
    tables = read_file(ticked(), name="members.csv")
    found = prepare(tables, suggest(tables))
    for place in range(len(TICKS)):
        feature = found.profiles.feature(f"q{place}")
        assert feature is not None and feature.kind == "flag"
        assert [by_rule(found.profiles, feature.key, op) for op in ("yes", "no", "is_missing")] == [20, 40, 0]
    noted = [note.facts["column"] for note in found.standard.notes if note.code == "ticked_or_empty"]
    assert noted == [*(f"q{place}" for place in range(len(TICKS))), "Churned"]
    outcome = outcome_of(found.profiles)
    assert outcome is not None and (outcome.header, int(found.profiles.customers[outcome.key].sum())) == ("Churned", 15)


@pytest.mark.parametrize(
    ("cells", "header", "n_empty"),
    [
        (["x"], "vip", 0),
        (["1"], "n_orders", 5),
        (["1"], "数量", 5),
        (["gold"], "vip", 5),
        (["x", "y2"], "vip", 5),
        (["no"], "vip", 5),
    ],
)
def test_what_is_no_tick_beside_nothing_stays_as_it_is(cells: list[str], header: str, n_empty: int) -> None:
    assert read_flags(cells, header=header, n_empty=n_empty) is None


def test_a_word_for_nothing_beside_ticks_is_no_as_well() -> None:
    found = read_flags(["x", "-"], nothing=NOTHING, n_empty=1)
    assert found is not None and (set(found.yes), set(found.no), found.nothing_is_no) == ({"x"}, {"-"}, True)
