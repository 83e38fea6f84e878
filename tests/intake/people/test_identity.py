"""Two systems' ids of the same customers are found, merged on a person's word, and merged again next month."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake.people.identity import MOST_SHARED, identity
from analysis.intake.reading.read import read_file
from analysis.intake.standard.merges import Merges, groups
from analysis.privacy.forget import Forgotten
from analysis.study import prepare, prepared_version, suggest
from tests.thorough import examples

# The shop knows phones, the till knows member numbers; people 1 to 3 are in both.
SHOP = (
    "买家昵称,下单时间,实付金额,收货人,手机\n"
    "wang88,2024-01-01,30,王小明,138 0013 8001\n"
    "lilei,2024-01-02,40,李雷,139-0013-9002\n"
    "hanmei,2024-01-03,50,韩梅梅,13700137003\n"
    "lilei,2024-01-05,60,李雷,13900139002\n"
    "someone,2024-01-06,10,赵六,13600136004\n"
)
TILL = (
    "会员号,姓名,联系电话,性别\n"
    "M001,王小明,+8613800138001,男\n"
    "M002,李雷,１３９００１３９００２,男\n"
    "M003,张三,13700137003,女\n"
    "M009,钱七,13500135005,女\n"
)


def files(shop: str = SHOP, till: str = TILL, month: str = ""):
    return [*read_file(shop.encode(), name=f"shop{month}.csv"), *read_file(till.encode(), name=f"till{month}.csv")]


def pairs(found) -> dict[tuple[str, str], bool]:
    return {match.pair: match.sure for match in found.matches}


def test_same_phone_is_found_however_it_is_written_and_another_name_makes_it_unsure() -> None:
    tables = files()
    found = identity(tables, suggest(tables))
    assert pairs(found) == {("wang88", "M001"): True, ("lilei", "M002"): True, ("hanmei", "M003"): False}
    assert [match.evidence for match in found.matches] == [("phone",)] * 3
    assert (found.n_ids, found.n_customers) == (8, 8)
    assert found.matches[-1].value == "+8613700137003"


def test_confirmed_ids_become_one_customer_and_no_row_is_lost() -> None:
    tables = files()
    recipe = suggest(tables)
    before = prepare(tables, recipe)
    merges = Merges().decide([("wang88", "M001"), ("lilei", "M002")], "same")
    after = prepare(tables, recipe, merges=merges)
    assert len(before.profiles.customers) == 8
    customers = after.profiles.customers.set_index("customer_id")
    assert sorted(customers.index) == ["M003", "M009", "hanmei", "lilei", "someone", "wang88"]
    assert customers.loc["lilei", "n_orders"] == 2 and customers.loc["lilei", "gender"] == "男"
    assert [(count.read, count.kept) for count in after.standard.counts] == [
        (count.read, count.kept) for count in before.standard.counts
    ]
    assert customers["spend"].sum() == before.profiles.customers["spend"].sum() == 190
    [note] = [note for note in after.standard.notes if note.code == "ids_merged"]
    assert note.facts == {"ids": 4, "customers": 2}


def test_next_month_is_merged_by_the_same_decisions_and_undo_takes_them_back() -> None:
    tables = files()
    recipe = suggest(tables)
    merges = Merges().decide([("lilei", "M002")], "same")
    later = files(SHOP.replace("2024-01", "2024-02").replace("wang88", "newone"), TILL.replace("M009", "M010"), "2")
    found = prepare(later, recipe, merges=merges).profiles.customers["customer_id"]
    assert "M002" not in set(found) and "lilei" in set(found)
    undone = merges.undo(merges.links)
    assert "M002" in set(prepare(later, recipe, merges=undone).profiles.customers["customer_id"])
    assert prepared_version(tables, recipe, merges) != prepared_version(tables, recipe)
    assert prepared_version(tables, recipe, undone) == prepared_version(tables, recipe)


def test_rejected_pair_is_not_suggested_again_even_when_its_ids_are_merged_with_others() -> None:
    tables = files()
    recipe = suggest(tables)
    merges = Merges().decide([("lilei", "M002")], "different")
    assert ("lilei", "M002") not in pairs(identity(tables, recipe, merges))
    merges = merges.decide([("lilei", "someone")], "same")
    assert not [pair for pair in pairs(identity(tables, recipe, merges)) if "M002" in pair]


def test_confirmed_pairs_are_listed_with_evidence_and_ids_and_suggested_no_more() -> None:
    tables = files()
    merges = Merges().decide([("wang88", "M001")], "same", {("wang88", "M001"): ("phone",)})
    merges = merges.decide([("gone", "M002")], "same")
    found = identity(tables, suggest(tables), merges)
    assert (found.n_ids, found.n_customers) == (8, 7)
    listed = [({one.first, one.second}, one.link.evidence) for one in found.confirmed]
    assert ({"wang88", "M001"}, ("phone",)) in listed and ({None, "M002"}, ()) in listed
    assert not [pair for pair in pairs(found) if "M001" in pair]


def test_value_that_many_ids_share_is_no_evidence_and_is_reported() -> None:
    hotline = "".join(f"H{i},客{i},4008001234,女\n" for i in range(MOST_SHARED + 1))
    tables = files(till=TILL + hotline)
    found = identity(tables, suggest(tables))
    assert not [pair for pair in pairs(found) if pair[1].startswith("H")]
    [note] = [note for note in found.notes if note.code == "shared_phone"]
    assert note.facts == {"n": 1, "ids": MOST_SHARED + 1, "most": MOST_SHARED, "example": "***1234"}


def test_names_alike_with_the_same_city_are_suggested_across_systems_only() -> None:
    shop = (
        "customer id,order date,amount,customer name,city\n"
        "A1,2024-01-01,3,Acme Trading,Leeds\nA2,2024-01-02,4,Borg & Co,York\nA3,2024-01-03,4,Acme Tradings,Leeds\n"
    )
    crm = "account number,name,city,gender\nC7,ACME  Trading.,leeds,m\nC8,Quite Other,Leeds,m\nC9,Borg and Co,Hull,f\n"
    tables = files(shop, crm)
    found = identity(tables, suggest(tables))
    assert {match.pair: match.evidence for match in found.matches} == {
        ("A1", "C7"): ("name_city",),
        ("A3", "C7"): ("name_city",),
    }
    assert not any(match.sure for match in found.matches)


def test_other_id_number_speaks_against_a_shared_phone() -> None:
    till = "会员号,手机,身份证号\nM1,13800138001,11010119900307123x\nM2,13800138001,110101198503071234\n"
    tables = files(till=till + "M3,13900139002,11010119900307123X\n")
    found = identity(tables, suggest(tables))
    assert found.matches and pairs(found).get(("wang88", "M1")) is True
    assert not pairs(found).get(("M1", "M2"), False)
    numbers = [match for match in found.matches if "id_number" in match.evidence]
    assert [match.pair for match in numbers] == [("M1", "M3")]


def test_one_table_without_marks_gives_nothing() -> None:
    tables = read_file(b"customer id,order date,amount\na,2024-01-01,3\nb,2024-01-02,4\n", name="o.csv")
    found = identity(tables, suggest(tables))
    assert (found.matches, found.confirmed, found.n_ids) == ((), (), 2)


KEYS = st.text("abcdef", min_size=1, max_size=2)


@given(st.lists(st.tuples(KEYS, KEYS), max_size=20), st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order_of_links_and_match_a_plain_search(links, shuffle: random.Random) -> None:
    found = groups(links)
    mixed = [(b, a) if shuffle.random() < 0.5 else (a, b) for a, b in links]
    shuffle.shuffle(mixed)
    assert groups(mixed) == found
    near: dict[str, set[str]] = {}
    for a, b in links:
        near.setdefault(a, {a}).add(b)
        near.setdefault(b, {b}).add(a)
    for key in near:
        reached, open_keys = {key}, [key]
        while open_keys:
            new = near[open_keys.pop()] - reached
            reached |= new
            open_keys += new
        assert found[key] == min(reached)


@examples(15)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8))
def test_merging_keeps_every_row_and_all_the_money(links) -> None:
    ids = ["wang88", "lilei", "hanmei", "someone", "M001", "M009"]
    tables = files()
    merges = Merges().decide([(ids[a], ids[b]) for a, b in links], "same")
    found = prepare(tables, suggest(tables), merges=merges)
    assert all(count.read == count.kept + sum(count.set_aside.values()) for count in found.standard.counts)
    assert sum(count.kept for count in found.standard.counts) == 9
    customers = found.profiles.customers
    assert customers["spend"].sum() == 190
    top = groups((ids[a], ids[b]) for a, b in links if a != b)
    assert len(customers) == 2 + len({top.get(one, one) for one in ids})


def test_a_decision_holds_no_id_and_a_later_one_replaces_it() -> None:
    merges = Merges().decide([("13800138001", "M1")], "same", {("13800138001", "M1"): ("phone",)})
    assert "13800138001" not in merges.model_dump_json() and "M1" not in merges.model_dump_json()
    again = merges.decide([("M1", "13800138001")], "different")
    assert [link.decision for link in again.links] == ["different"] and again.state() == ""
    assert Merges.model_validate_json(merges.model_dump_json()) == merges
    assert Merges().decide([("a", "b")], "same").links[0].first != Merges().decide([("a", "b")], "same").links[0].first


@pytest.mark.parametrize("salt", ["x", "00"])
def test_salt_of_another_form_is_refused(salt: str) -> None:
    with pytest.raises(ValueError):
        Merges(salt=salt)


def test_a_customer_who_was_forgotten_is_offered_to_nobody() -> None:
    tables = files()
    found = identity(tables, suggest(tables), forgotten=Forgotten().adding(["lilei"]))
    assert "lilei" in {one for pair in pairs(identity(tables, suggest(tables))) for one in pair}
    assert set(pairs(found)) == {("wang88", "M001"), ("hanmei", "M003")}
    assert found.n_ids == 7
