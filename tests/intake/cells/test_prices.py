"""A price beside a quantity: of one piece, or of the line already, as the articles show."""

from __future__ import annotations

from decimal import Decimal

from analysis.intake.fixes import apply_fix
from analysis.intake.judging.quality import quality
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.study import suggest

AMAZON = "amazon-order-id\tpurchase-date\tbuyer-email\torder-status\tsku\tquantity\tcurrency\titem-price\titem-tax\n"


def export(*, line_price: bool, articles: int = 3, header: str = AMAZON) -> str:
    rows = []
    for n in range(30):
        pieces, price = n % 3 + 1, 5 + n // 3 % articles
        paid = price * pieces if line_price else price
        rows.append(
            f"111-{n:07d}\t2024-02-{n % 27 + 1:02d}T10:00:00+00:00\tb{n % 6}@example.com\tShipped\t"
            f"S{price}\t{pieces}\tUSD\t{paid}.00\t0.10\n"
        )
    return header + "".join(rows)


REVENUE = sum((5 + n // 3 % 3) * (n % 3 + 1) for n in range(30))


def judged(text: str):
    tables = read_file(text.encode(), name="orders.txt")
    recipe = suggest(tables)
    standard = standardise(tables, recipe)
    report = quality(tables, inspect(tables), recipe, standard)
    found = {finding.code: finding for finding in report.findings}
    return tables, recipe, standard.cursor().execute("SELECT sum(amount) FROM orders").fetchall()[0][0], found


def test_a_price_that_grows_with_the_pieces_is_the_lines_and_not_multiplied() -> None:
    for header in (AMAZON, AMAZON.replace("item-price", "price")):
        tables, recipe, revenue, found = judged(export(line_price=True, header=header))
        assert revenue == REVENUE
        finding = found["price_of_line"]
        assert (finding.status, finding.rows, finding.line) == ("fixed", 20, 3)
        assert finding.undo is not None
        undone = standardise(tables, apply_fix(recipe, finding.undo))
        assert undone.cursor().execute("SELECT sum(amount) FROM orders").fetchall()[0][0] > Decimal(REVENUE)


def test_a_price_that_stays_the_same_is_that_of_one_piece() -> None:
    for header in (AMAZON.replace("amazon-order-id", "order number"), AMAZON.replace("item-price", "unit price")):
        _, _, revenue, found = judged(export(line_price=False, header=header))
        assert revenue == REVENUE
        assert not {"price_of_line", "price_per_piece"} & set(found)


def test_in_amazons_own_layout_the_price_is_that_of_the_line() -> None:
    _, recipe, revenue, _ = judged(export(line_price=True))
    assert {column.name: column.role for column in recipe.sources[0].columns}["item-price"] == "amount"
    assert revenue == REVENUE


def test_what_no_article_shows_is_asked() -> None:
    text = export(line_price=True).replace("\tS", "\tX")
    text = "\n".join(line.replace("\tX", f"\tX{n}-") for n, line in enumerate(text.split("\n")))
    _, _, revenue, found = judged(text)
    assert revenue == REVENUE  # Amazon's item-price is the line's
    assert (found["price_of_line"].status, found["price_of_line"].ask) == ("open", True)
    tables, recipe, multiplied, found = judged(text.replace("item-price", "price"))
    assert multiplied > REVENUE
    finding = found["price_per_piece"]
    assert (finding.status, finding.ask) == ("open", True)
    assert finding.fix is not None
    fixed = standardise(tables, apply_fix(recipe, finding.fix))
    assert fixed.cursor().execute("SELECT sum(amount) FROM orders").fetchall() == [(Decimal(REVENUE),)]


def test_one_piece_a_line_needs_no_question() -> None:
    text = export(line_price=True).replace("\t2\tUSD", "\t1\tUSD").replace("\t3\tUSD", "\t1\tUSD")
    assert not {"price_of_line", "price_per_piece"} & set(judged(text)[3])
