"""Write every sample file: one seed, the same bytes on every run.

Run from the project's folder: ``uv run python sample_data/make.py``. What is in the files, and which groups of
customers are planted in them, stands in ``README.md`` beside this script.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:  # a script's own folder is on the path, the project's is not
    sys.path.insert(0, str(HERE.parent))

from sample_data import b2b_crm_en, beside, shop_zh, subscription_en  # noqa: E402
from sample_data.planted import Business, Sheet  # noqa: E402
from sample_data.templates import TEMPLATES, Template  # noqa: E402

SEED = 20250630
CREATED = datetime(2025, 7, 1, 9, 0, 0)  # workbooks carry their date of creation, so it is fixed


def make(folder: Path) -> list[Path]:
    """Write all sample files below ``folder`` and return their paths.

    Parameters
    ----------
    folder
        An existing folder; ``truth/`` is created in it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     len(make(Path(folder)))
    11
    """
    (folder / "truth").mkdir(exist_ok=True)
    shop, coffee, crm = (module.build(SEED) for module in (shop_zh, subscription_en, b2b_crm_en))
    paths = [_write_business(folder, business) for business in (shop, coffee, crm)]
    paths.append(_write_business(folder, Business("店铺往来", beside.build(SEED, shop.truth), ())))
    paths.append(_write_csv(folder / "tea_till_en.csv", beside.BASKET_HEADERS, beside.baskets(SEED), encoding="utf-8"))
    members = next(sheet for sheet in shop.sheets if sheet.name == "会员")
    paths.append(_write_csv(folder / "members_gbk.csv", members.headers, members.rows, encoding="gbk"))
    for business in (shop, coffee, crm):
        truth = folder / "truth" / f"{business.name}.csv"
        paths.append(_write_csv(truth, ("customer_id", "group"), sorted(business.truth), encoding="utf-8"))
    paths += [_write_template(folder, template) for template in TEMPLATES]
    return paths


def _workbook(path: Path) -> Any:
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": CREATED})
    return book


def _write_business(folder: Path, business: Business) -> Path:
    path = folder / f"{business.name}.xlsx"
    book = _workbook(path)
    bold = book.add_format({"bold": True})
    for sheet in business.sheets:
        page = book.add_worksheet(sheet.name)
        page.freeze_panes(1, 0)
        formats = {
            sheet.headers.index(header): book.add_format({"num_format": number_format})
            for header, number_format in sheet.dates.items()
        }
        for column, header in enumerate(sheet.headers):
            page.write_string(0, column, header, bold)
            page.set_column(column, column, _width(sheet, column))
        for row, cells in enumerate(sheet.rows, start=1):
            for column, cell in enumerate(cells):
                _write_cell(page, row, column, cell, formats.get(column))
    book.close()
    return path


def _write_cell(page: Any, row: int, column: int, cell: object, date_format: Any) -> None:
    match cell:
        case None:
            return
        case str():
            page.write_string(row, column, cell)
        case date():
            page.write_datetime(row, column, cell, date_format)
        case _:
            page.write_number(row, column, cell)


def _width(sheet: Sheet, column: int) -> float:
    cells = [sheet.headers[column], *(str(row[column]) for row in sheet.rows[:200])]
    return min(max(sum(2 if ord(letter) > 255 else 1 for letter in cell) for cell in cells) + 2, 40)


def _write_csv(path: Path, headers: Sequence[str], rows: Sequence[Sequence[Any]], *, encoding: str) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(headers)
        writer.writerows(rows)
    return path


def _write_template(folder: Path, template: Template) -> Path:
    path = folder / f"{template.name}.xlsx"
    book = _workbook(path)
    bold = book.add_format({"bold": True, "bottom": 1})
    for name, columns in template.sheets.items():
        page = book.add_worksheet(name)
        page.set_comments_author("Portrait")
        page.freeze_panes(1, 0)
        for index, column in enumerate(columns):
            page.set_column(index, index, 18, book.add_format({"num_format": column.number_format}))
            page.write_string(0, index, column.header, bold)
            page.write_comment(0, index, column.note, {"x_scale": 2})
    book.close()
    return path


if __name__ == "__main__":
    for written in make(HERE):
        sys.stdout.write(f"{written.relative_to(HERE.parent)}\n")
