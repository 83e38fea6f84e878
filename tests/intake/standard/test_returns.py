"""Returns written as positive amounts: by the word of a column, or by the number of a cancelled order."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from analysis.intake.fixes import apply_fix
from analysis.intake.judging.quality import quality
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.study import suggest

HEAD = "invoice no,customer id,invoice date,description,quantity,amount\n"
SALES = "".join(f"{536300 + n},c{n % 7},2024-02-{n % 27 + 1:02d},item {n},2,{n}.00\n" for n in range(1, 41))
SOLD = sum(range(1, 41))


def judged(text: str, **cleaning):
    tables = read_file(text.encode(), name="a.csv")
    recipe = suggest(tables)
    recipe = recipe.model_copy(update={"cleaning": recipe.cleaning.model_copy(update=cleaning)})
    standard = standardise(tables, recipe)
    report = quality(tables, inspect(tables), recipe, standard)
    [(revenue,)] = standard.cursor().execute("SELECT sum(amount) FROM orders").fetchall()
    return tables, recipe, revenue, {finding.code: finding for finding in report.findings}


def test_a_positive_line_that_takes_a_sale_back_lowers_the_revenue() -> None:
    back = "C536401,c3,2024-03-01,item 3,2,3.00\nC536402,c5,2024-03-01,item 5,2,5.00\n"
    tables, recipe, revenue, found = judged(HEAD + SALES + back)
    assert revenue == SOLD - 8
    finding = found["credit_numbers_return"]
    assert (finding.status, finding.rows, finding.line, finding.ask) == ("fixed", 2, 42, False)
    assert finding.undo is not None
    standard = standardise(tables, apply_fix(recipe, finding.undo))
    assert standard.cursor().execute("SELECT sum(amount) FROM orders").fetchall() == [(Decimal(SOLD + 8),)]


def test_without_an_article_to_compare_it_is_asked_and_no_revenue_meanwhile() -> None:
    text = re.sub(r",item \d+|,description", "", HEAD + SALES) + "C536401,c3,2024-03-01,2,3.00\n"
    _, recipe, revenue, found = judged(text)
    assert revenue == SOLD - 3
    finding = found["credit_numbers_return"]
    assert (finding.status, finding.ask) == ("open", True)
    assert finding.fix is not None
    _, _, as_sales, again = judged(text, credit_numbers="sale")
    assert as_sales == SOLD + 3
    assert again["credit_numbers_sale"].status == "fixed"
    assert apply_fix(recipe, finding.fix).cleaning.credit_numbers == "sale"


def test_the_number_of_the_order_that_is_taken_back_is_evidence() -> None:
    _, _, revenue, found = judged(HEAD + SALES + "CN-536303,c3,2024-03-01,refund,1,3.00\n")
    assert revenue == SOLD - 3
    assert found["credit_numbers_return"].status == "fixed"


def test_numbers_of_another_till_that_sells_other_things_stay_sales_and_are_asked_about() -> None:
    other = "".join(f"C{536400 + n},d{n},2024-03-01,other {n},1,1.00\n" for n in range(20))
    _, _, revenue, found = judged(HEAD + SALES + other)
    assert revenue == SOLD + 20
    assert (found["credit_numbers_sale"].status, found["credit_numbers_sale"].ask) == ("open", True)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + SALES,
        HEAD + SALES + "C536401,c3,2024-03-01,item 3,-2,-3.00\n",  # the signs say it already
        HEAD + SALES.replace("5363", "C5363"),  # every number begins so
        HEAD + SALES.replace("5363", "A5363") + "C536401,c3,2024-03-01,item 3,2,3.00\n",  # letters are usual here
    ],
)
def test_other_numbers_say_nothing(text: str) -> None:
    assert not [code for code in judged(text)[3] if code.startswith("credit_numbers")]


@pytest.mark.parametrize("word", ["Return", "Credit Note", "refund", "退货", "销售退货"])
def test_the_type_of_a_document_makes_a_positive_line_a_return(word: str) -> None:
    text = "document type," + HEAD + "".join(f"Sale,{line}\n" for line in SALES.strip().split("\n"))
    _, _, revenue, found = judged(text + f"{word},536990,c3,2024-03-01,item 3,2,3.00\n")
    assert revenue == SOLD - 3
    assert found["returns"].rows == 1
