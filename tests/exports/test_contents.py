"""What leaves the study: personal data masked wherever it stands, segments in words, hidden ones left out."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from analysis.exports.contents import (
    customer_id_kind,
    customer_table,
    segment_table,
    set_aside_examples,
    shown_profiles,
    summary_of,
    with_segments,
    workbook_contents,
    write_set_aside_rows,
)
from analysis.exports.folder import folder_code, write_folder
from analysis.exports.workbook import write_workbook
from analysis.segments.params import SegmentEdit
from analysis.study import StudyResult, read, run, suggest
from tests.samples import sample
from texts import Translator

EN, ZH = Translator("en"), Translator("zh")
PHONES = [f"1380000{n:04d}" for n in range(40)]


@pytest.fixture(scope="module")
def by_phone(tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    """Return a study whose customers are known by their phone number, one row of it listed twice."""
    rows = [
        (PHONES[n % 40], f"2024-{1 + n % 12:02d}-{1 + n % 28:02d}", 10 + 7 * n % 300, "ring 13912345678")
        for n in range(200)
    ]
    rows.append((PHONES[3], "no day 13912345678", 5, None))
    path = tmp_path_factory.mktemp("files") / "orders.csv"
    pd.DataFrame(rows, columns=["手机号", "下单时间", "金额", "备注"]).to_csv(path, index=False, encoding="utf-8-sig")
    tables = read(path)
    recipe = suggest(tables)
    source = recipe.sources[0]
    roles = {"手机号": "customer_id", "下单时间": "order_date", "金额": "amount", "备注": "ignore"}
    columns = tuple(column.model_copy(update={"role": roles[column.name]}) for column in source.columns)
    return run(tables, recipe.model_copy(update={"sources": (source.model_copy(update={"columns": columns}),)}))


@pytest.fixture(scope="module")
def shop() -> StudyResult:
    return sample().result()


def test_customer_id_that_is_a_phone_number_is_recognised_and_masked(by_phone):
    assert customer_id_kind(by_phone) == "phone"
    ids = shown_profiles(by_phone).customers["customer_id"]
    assert ids.str.fullmatch(r"138\*{4}\d{4} #[0-9a-z]{4,}").all() and ids.is_unique
    assert set(shown_profiles(by_phone, unmask=True).customers["customer_id"]) == set(PHONES)


def test_customer_id_that_is_a_number_of_the_shop_stays(shop):
    assert customer_id_kind(shop) is None
    assert shown_profiles(shop).customers["customer_id"].equals(shop.profiles.customers["customer_id"])


def test_rows_set_aside_show_no_phone_number_anywhere_unless_asked(by_phone, tmp_path):
    shown = set_aside_examples(by_phone)
    assert len(shown) == 1
    assert not any(phone in shown.to_csv() for phone in [*PHONES, "13912345678"])
    full = set_aside_examples(by_phone, unmask=True)
    assert PHONES[3] in full["cells"][0]
    assert full["detail"][0] == "no day 13912345678"
    assert write_set_aside_rows(by_phone, tmp_path / "masked.csv") == 1
    assert PHONES[3] not in (tmp_path / "masked.csv").read_text("utf-8-sig")
    write_set_aside_rows(by_phone, tmp_path / "full.csv", unmask=True)
    assert PHONES[3] in (tmp_path / "full.csv").read_text("utf-8-sig")


def test_no_file_of_the_folder_holds_a_phone_number(by_phone, tmp_path):
    for path in write_folder(by_phone, tmp_path, EN):
        if path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            text = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
        elif path.suffix == ".parquet":
            text = pd.read_parquet(path).to_csv()
        else:
            text = path.read_text("utf-8")
        assert not any(phone in text for phone in PHONES), path.name


def test_customers_carry_the_names_of_their_segments_and_words_for_coded_values(shop):
    table = customer_table(shop, ZH)
    edited = shop.edited["rfm"]
    assert len(table) == len(shop.profiles.customers)
    assert table.columns.is_unique
    expected = edited.segmentation.labels.map(lambda key: ZH(f"segment.{key}"), na_action="ignore")
    assert table[ZH("workbook.segmentation.rfm")].fillna("").tolist() == expected.fillna("").tolist()
    assert set(table[ZH("feature.favourite_weekday")].dropna()) <= {f"周{day}" for day in "一二三四五六日"}


def test_personal_columns_of_the_customers_are_masked_unless_asked(shop):
    masked, full = (
        customer_table(shop, ZH)[ZH("feature.phone")],
        customer_table(shop, ZH, unmask=True)[ZH("feature.phone")],
    )
    assert masked.dropna().str.fullmatch(r"1\d\d\*{4}\d{4}").all()
    assert full.dropna().str.fullmatch(r"1\d{10}").mean() > 0.9


def test_segments_of_every_method_add_up_to_the_customers_with_a_segment(shop):
    table = segment_table(shop, EN)
    labels = with_segments(shop, shop.profiles.customers)
    for method, column in (("rfm", "segment_rfm"), ("clusters", "segment_cluster")):
        part = table[table["method"] == method]
        counted = labels[column].value_counts()
        assert dict(zip(part["segment"], part["customers"], strict=True)) == counted.to_dict()
        assert part["name"].is_unique


def test_hidden_segment_stays_in_the_table_and_gets_no_sheet(shop, tmp_path):
    plan = shop.recipe.segmentations[0].model_copy(update={"edits": (SegmentEdit(segment="champions", hidden=True),)})
    hidden = run(sample().tables, shop.recipe.model_copy(update={"segmentations": (plan,)}))
    write_workbook(tmp_path / "hidden.xlsx", workbook_contents(hidden, EN), EN)
    book = openpyxl.load_workbook(tmp_path / "hidden.xlsx")
    assert "Champions" not in book.sheetnames
    assert "Champions" in [row[1].value for row in book["Segments"].iter_rows(min_row=2)]
    assert segment_table(hidden, EN).set_index("segment").loc["champions", "hidden"]


def test_the_first_sheet_holds_the_cards_of_the_first_screen(shop):
    summary = summary_of(shop, EN)
    cards = shop.cards.cards
    assert [(line.customers, line.revenue) for line in summary.lines] == [(one.customers, one.revenue) for one in cards]
    assert summary.lines[0].name == "Champions"
    assert all(line.action for line in summary.lines)
    assert "%" in summary.headline


def test_features_of_the_workbook_are_explained(shop, tmp_path):
    write_workbook(tmp_path / "shop.xlsx", workbook_contents(shop, EN), EN)
    sheet = openpyxl.load_workbook(tmp_path / "shop.xlsx")["Feature dictionary"]
    header, *rows = sheet.iter_rows(values_only=True)
    meaning = {row[1]: row[header.index(EN("workbook.definition"))] for row in rows}
    assert meaning["n_orders"] == EN("feature.n_orders.help")


def test_writing_a_workbook_tells_how_far_it_is_and_can_be_stopped(shop, tmp_path):
    shares: list[float] = []
    write_workbook(tmp_path / "a.xlsx", workbook_contents(shop, EN), EN, progress=shares.append)
    assert shares == sorted(shares)
    assert len(shares) >= 3
    assert shares[-1] == 1.0

    def stop(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        write_workbook(tmp_path / "b.xlsx", workbook_contents(shop, EN), EN, progress=stop)


def test_code_of_the_folder_writes_the_folder(shop, root, tmp_path, monkeypatch):
    tables = ["中文店铺.xlsx"]
    (tmp_path / tables[0]).write_bytes((root / "sample_data" / tables[0]).read_bytes())
    write_folder(shop, tmp_path, ZH)
    monkeypatch.chdir(tmp_path)
    exec(compile(folder_code(tables, "zh"), "notebook", "exec"), {})
    assert (tmp_path / "out" / "summary.json").read_bytes() == (tmp_path / "summary.json").read_bytes()
