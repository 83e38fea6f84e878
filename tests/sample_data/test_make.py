"""The sample files are what the script writes, hold the groups that are planted, and are described truthfully."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from sample_data.make import make

FOLDER = Path(__file__).parents[2] / "sample_data"
README = (FOLDER / "README.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Orders:
    """Where the orders of a sample business stand; ``dropped`` are the states that are no sales."""

    sheet: str
    customers: str
    order: str
    customer: str
    when: str
    amount: str
    state: str
    dropped: tuple[str, ...]


BUSINESSES = {
    "中文店铺": Orders(
        "订单", "会员", "订单编号", "会员号", "下单时间", "实付金额", "订单状态", ("交易关闭(退款成功)", "已取消")
    ),
    "subscription_en": Orders(
        "Invoices", "Customers", "Invoice ID", "Customer ID", "Invoice Date", "Amount Paid", "Status",
        ("Refunded", "Cancelled"),
    ),
    "b2b_crm_en": Orders(
        "Deals", "Accounts", "Deal ID", "Account ID", "Close Date", "Amount", "Stage", ("Cancelled",)
    ),
}  # fmt: skip


@cache
def read(file: str, sheet: str) -> pd.DataFrame:
    return pd.read_excel(FOLDER / file, sheet_name=sheet, engine="calamine")


def members_as_text() -> pd.DataFrame:
    file = FOLDER / "中文店铺.xlsx"
    return pd.read_excel(file, sheet_name="会员", dtype=str, engine="calamine", keep_default_na=False)


def kept_lines(name: str) -> pd.DataFrame:
    where = BUSINESSES[name]
    lines = read(f"{name}.xlsx", where.sheet)
    return lines[~lines[where.state].isin(where.dropped)]


def customers_of(name: str) -> pd.DataFrame:
    """One row per customer with a kept order: recency_days, n_orders, spend, average_order_value."""
    where, lines = BUSINESSES[name], kept_lines(name)
    as_of = lines[where.when].max().normalize() + pd.Timedelta(days=1)
    grouped = lines.groupby(where.customer)
    table = pd.DataFrame(
        {
            "recency_days": (as_of - grouped[where.when].max().dt.normalize()).dt.days,
            "n_orders": grouped[where.order].nunique(),
            "spend": grouped[where.amount].sum(),
        }
    ).astype(float)
    return table.assign(average_order_value=table["spend"] / table["n_orders"])


def truth_of(name: str) -> pd.Series:
    return pd.read_csv(FOLDER / "truth" / f"{name}.csv", index_col="customer_id")["group"]


def k_means(points: np.ndarray, k: int) -> np.ndarray:
    starts = [KMeans(k, random_state=seed).fit(points) for seed in range(5)]
    best = max(starts, key=lambda model: float(model.score(points)))
    return np.asarray(best.labels_)


def readme_table(first_header: str, second_header: str) -> list[list[str]]:
    lines = README.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {first_header} | {second_header} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    assert rows
    return rows


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    folder = tmp_path_factory.mktemp("made")
    return folder, [path.relative_to(folder) for path in make(folder)]


def parts(path: Path) -> dict[str, bytes]:
    """Unpack a workbook: the packing may differ from one zlib to the next, what is packed may not."""
    with zipfile.ZipFile(path) as book:
        return {part.filename: book.read(part) for part in book.infolist()}


def test_the_committed_files_are_what_the_script_writes(written):
    folder, paths = written
    for path in paths:
        if path.suffix == ".xlsx":
            made, committed = parts(folder / path), parts(FOLDER / path)
            assert {name for name in made | committed if made.get(name) != committed.get(name)} == set(), path
        else:
            assert (folder / path).read_bytes() == (FOLDER / path).read_bytes(), path


def test_a_second_run_writes_the_same_bytes(written, tmp_path):
    folder, paths = written
    make(tmp_path)
    assert all((tmp_path / path).read_bytes() == (folder / path).read_bytes() for path in paths)


def test_every_data_file_in_the_folder_comes_from_the_script_and_is_small(written):
    _, paths = written
    there = {path.relative_to(FOLDER) for kind in ("xlsx", "csv") for path in FOLDER.rglob(f"*.{kind}")}
    assert there == set(paths)
    assert all((FOLDER / path).stat().st_size < 1_000_000 for path in paths)


@pytest.mark.parametrize("name", BUSINESSES)
def test_plain_k_means_finds_the_planted_groups_and_their_number(name):
    table, truth = customers_of(name), truth_of(name)
    assert sorted(table.index) == sorted(truth.index)
    bent = table.apply(lambda column: np.sign(column) * np.log1p(column.abs()) if abs(column.skew()) > 1 else column)
    points = ((bent - bent.mean()) / bent.std(ddof=0)).to_numpy()
    labels = {k: k_means(points, k) for k in range(2, 11)}
    silhouettes = {k: silhouette_score(points, found) for k, found in labels.items()}
    n_groups = truth.nunique()
    assert max(silhouettes, key=lambda k: silhouettes[k]) == n_groups
    assert adjusted_rand_score(truth.loc[table.index], labels[n_groups]) >= 0.95


def test_the_readme_counts_rows_and_customers_truly():
    rows = readme_table("file", "sheet")
    for file, sheet, n_rows, n_customers, text in rows:
        table = read(file, sheet) if sheet else pd.read_csv(FOLDER / file, encoding="gbk")
        id_column = next(
            name for name in table.columns if name in {"会员号", "推荐人会员号", "Customer ID", "Account ID"}
        )
        assert (len(table), table[id_column].nunique()) == (int(n_rows), int(n_customers)), (file, sheet)
        told = re.search(r"(\d+) (orders|invoices|deals)$", text.split(";")[-1])
        if told:
            assert table.iloc[:, 0].nunique() == int(told[1]), file
    assert {row[0] for row in rows} == {path.name for kind in ("xlsx", "csv") for path in FOLDER.glob(f"*.{kind}")}


def test_the_readme_counts_the_lines_that_are_no_sales_truly():
    told = {(file, state): int(n) for file, state, n in readme_table("file", "state")}
    there = {
        (f"{name}.xlsx", state): int((read(f"{name}.xlsx", where.sheet)[where.state] == state).sum())
        for name, where in BUSINESSES.items()
        for state in where.dropped
    }
    assert told == there
    assert kept_lines("中文店铺")["会员号"].isna().sum() == 60


def test_the_readme_describes_the_planted_groups_truly():
    rows = readme_table("file", "group")
    told = {(row[0], row[1]): int(row[2]) for row in rows}
    there = {(f"{name}.xlsx", group): n for name in BUSINESSES for group, n in truth_of(name).value_counts().items()}
    assert told == there
    for file, group, _, orders, recency, average in rows:
        name = file.removesuffix(".xlsx")
        members = customers_of(name)[truth_of(name) == group]
        for text, column in ((orders, "n_orders"), (recency, "recency_days")):
            low, high = (int(number) for number in text.split("–"))
            assert members[column].between(low, high).all(), (group, column)
        about = float(average.removeprefix("about ").replace(",", ""))
        assert members["average_order_value"].median() == pytest.approx(about, rel=0.1), group


def test_the_customers_without_a_kept_order_are_as_many_as_the_readme_says():
    idle = {}
    for name, where in BUSINESSES.items():
        everyone = set(read(f"{name}.xlsx", where.customers)[where.customer])
        assert set(truth_of(name).index) <= everyone
        idle[name] = everyone - set(truth_of(name).index)
    assert {name: len(ids) for name, ids in idle.items()} == {"中文店铺": 150, "subscription_en": 60, "b2b_crm_en": 15}
    assert "150 members of the shop (12 of them" in README
    assert len(idle["中文店铺"] & set(read("中文店铺.xlsx", "订单")["会员号"])) == 12


def test_the_untidy_cells_are_as_many_as_the_readme_says():
    book = members_as_text()
    assert book.duplicated().sum() == 8
    members = book.drop_duplicates()
    wide = {column: members[column].str.contains("[０-９]").sum() for column in ("出生年份", "手机号")}
    assert wide == {"出生年份": 12, "手机号": 10}
    assert (members[["出生年份", "性别", "是否订阅短信"]] == "").sum().tolist() == [60, 40, 20]
    assert members["性别"].isin(["M", "F"]).sum() == 30
    assert members["城市"].str.endswith(" ").sum() == 25
    assert members["手机号"].str.normalize("NFKC").str.fullmatch(r"120\d{8}").all()
    customers = read("subscription_en.xlsx", "Customers")
    assert customers[["Age", "City"]].isna().sum().tolist() == [70, 20]
    assert customers["Country"].str.endswith(" ").sum() == 15
    assert customers["Email"].str.endswith("@example.com").all()


def test_the_gbk_file_holds_the_same_members_as_the_workbook():
    file = pd.read_csv(FOLDER / "members_gbk.csv", encoding="gbk", dtype=str, keep_default_na=False)
    book = members_as_text()
    book["注册日期"] = book["注册日期"].str.slice(0, 10)
    pd.testing.assert_frame_equal(file, book)
    with pytest.raises(UnicodeDecodeError):
        (FOLDER / "members_gbk.csv").read_text(encoding="utf-8")


def test_what_is_paid_is_quantity_times_price_less_the_discount():
    for file, sheet, names in (
        ("中文店铺.xlsx", "订单", ("数量", "单价", "优惠金额", "实付金额")),
        ("subscription_en.xlsx", "Invoices", ("Quantity", "Unit Price", "Discount", "Amount Paid")),
    ):
        quantity, price, discount, paid = (read(file, sheet)[name] for name in names)
        np.testing.assert_allclose(quantity * price - discount, paid, atol=0.005)
        assert (paid > 0).all()


def test_no_cell_begins_like_a_formula_and_markup_and_emoji_are_there_as_text():
    texts: set[str] = set()
    for path in FOLDER.glob("*.xlsx"):
        assert not [part for part, xml in parts(path).items() if b"<f>" in xml or b"<f " in xml]
        for table in pd.read_excel(path, sheet_name=None, header=None, engine="calamine").values():
            texts |= {cell for cell in table.to_numpy().ravel() if isinstance(cell, str)}
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert {"<b>王小明</b>", "<b>Ada Walsh</b>", "🍵 抹茶拿铁粉 随身装", "Stoneware Mug ☕"} <= texts


@pytest.mark.parametrize("file", ["template_en.xlsx", "template_zh.xlsx"])
def test_an_unfilled_template_holds_headers_only_and_each_header_has_a_note(file):
    book = openpyxl.load_workbook(FOLDER / file)
    assert len(book.worksheets) == 2
    for sheet in book.worksheets:
        header, *rows = sheet.iter_rows()
        assert rows == []
        assert all(cell.value and cell.comment and cell.comment.text.strip() for cell in header)


def test_the_shop_sells_most_in_the_months_of_618_and_before_the_festivals():
    by_month = kept_lines("中文店铺")["下单时间"].dt.strftime("%Y-%m").value_counts()
    assert by_month["2024-06"] > 2 * by_month["2024-07"]
    assert by_month["2024-11"] > 1.5 * by_month["2024-10"]
    assert by_month["2025-01"] > 2 * by_month["2025-02"]
