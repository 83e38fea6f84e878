"""What a person chooses about reading, meaning and cleaning: all that this room asks of a recipe."""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeVar

from pydantic import Field

from analysis.intake.roles import personal_by_header, roles
from analysis.params import Params
from analysis.privacy.kinds import PersonalKind

Kind = Literal[
    "orders", "order_heads", "customers", "events", "feedback", "referrals", "contacts", "consents", "ignore"
]


class Column(Params):
    """One column of a source: its header as it stands in the file, and the role it plays."""

    name: str
    role: str = "ignore"
    date_order: Literal["auto", "ymd", "dmy", "mdy"] = "auto"
    calendar: Literal["auto", "gregorian", "buddhist", "persian", "roc"] = "auto"
    year: int | None = Field(default=None, ge=1900, le=2199)  # of dates that say none
    # Real dates of a workbook whose text dates show that a spreadsheet exchanged days and months.
    real_dates: Literal["auto", "keep", "exchange"] = "auto"
    decimal: Literal["auto", "point", "comma"] = "auto"
    # Numbers are multiplied by the unit that their header names, or not; or they are cents.
    scale: Literal["header", "none", "cents"] = "header"
    nothing: Literal["auto"] | tuple[str, ...] = "auto"  # the words that stand for nothing in this column
    missing: Literal["leave", "unknown", "median", "most_frequent"] = "leave"
    # Several answers in one cell: each a yes or no, or the cell as one value.
    answers: Literal["auto", "one"] = "auto"
    merges: tuple[tuple[str, str], ...] = ()  # a value and the one it is read as
    # Rows without an id that name a person: told apart by e-mail, phone or name, or left out.
    guests: Literal["auto", "leave"] = "auto"
    # Cells whose rows are no sales, as they stand in the file; "" for an empty one.
    left_out: tuple[str, ...] = ()


class Rate(Params):
    """What one unit of a currency is worth in the one that is counted."""

    currency: str = Field(min_length=1, max_length=8)
    rate: float = Field(gt=0)


class Source(Params):
    """One table of the study, recognised next month by its columns, whatever the file is called."""

    kind: Kind
    file: str = ""
    sheet: str = ""
    header_row: int | None = Field(default=None, ge=0)  # as found when left out; 0 for no header
    encoding: str | None = None
    columns: tuple[Column, ...] = ()

    def column(self, role: str) -> Column | None:
        """Return the first column with this role, or None."""
        return next((column for column in self.columns if column.role == role), None)

    @property
    def needed(self) -> set[str]:
        """The columns a table must have to be this source: the used ones, or all of a source that is ignored."""
        return {column.name for column in self.columns if self.kind == "ignore" or column.role != "ignore"}


class Cleaning(Params):
    """What is left out, and what is only reported."""

    returns: Literal["net", "set_aside"] = "net"
    excluded_states: Literal["auto"] | tuple[str, ...] = "auto"
    duplicate_lines: Literal["keep", "set_aside"] = "keep"
    repeated_lines: Literal["keep", "set_aside"] = "keep"
    test_orders: Literal["keep", "set_aside"] = "keep"
    zero_amounts: Literal["keep", "set_aside"] = "keep"
    outliers: Literal["keep", "cap"] = "keep"
    ages: Literal["keep", "blank"] = "keep"
    # An order's total that stands on each of its lines: shared out, counted on each, or as the lines show.
    order_totals: Literal["auto", "each_line", "split"] = "auto"
    # Numbers of lines instead of orders (100001-1, 100001-2): read as their orders, or as they stand.
    sub_orders: Literal["auto", "keep"] = "auto"
    # Withdrawals, fees, payments of what is counted already, money that went out; and orders that two files tell.
    movements: Literal["auto", "keep"] = "auto"
    overlaps: Literal["auto", "keep"] = "auto"
    only_currency: str = "auto"  # of several currencies the one that counts
    # Lines of positive amounts under the number of a cancelled order (C536379).
    credit_numbers: Literal["auto", "return", "sale"] = "auto"
    blank_cells: Literal["fill_down", "leave"] = "fill_down"  # lines of an order of which only the first is full
    categories: Literal["merge", "keep"] = "merge"  # values that differ only by case, space or width
    # Words of the type of a row that nobody knows: rows that are no sales, and rows that take a sale back.
    left_out_types: tuple[str, ...] = ()
    return_types: tuple[str, ...] = ()
    # Rows of no money that were paid before (a pass, a balance): visits that count as orders, or only what was paid.
    prepaid: Literal["auto", "visits", "paid_only"] = "auto"
    not_sold: tuple[str, ...] = ()  # words of states that are no sales, beside those of ``excluded_states``


class Choices(Params):
    """Every choice that is made before there are customers.

    Examples
    --------
    >>> Choices().as_of
    'latest'
    """

    as_of: Literal["latest"] | date = "latest"
    currency: str | None = Field(default=None, max_length=8)
    rates: tuple[Rate, ...] = ()  # what lines of other currencies are converted by; without a rate they do not count
    time_zone: str | None = None
    sources: tuple[Source, ...] = ()
    cleaning: Cleaning = Cleaning()
    accepted: tuple[str, ...] = ()  # findings of the quality report that a person has looked at and accepts

    @property
    def money_in(self) -> str | None:
        """The currency of all figures: the one that was chosen, or the only one of several that counts."""
        only = self.cleaning.only_currency
        return self.currency or (None if only == "auto" else only)

    def personal_headers(self) -> dict[str, PersonalKind]:
        """Return the headers of personal data, by their role or for want of one by what they promise, with the kind."""
        found: dict[str, PersonalKind] = {}
        for source in self.sources:
            for column in source.columns:
                known = roles().get(column.role)
                kind = known.personal if known else personal_by_header(column.name)
                if kind:
                    found[column.name] = kind
        return found


# What is changed and handed back stays what it was: a whole recipe, or its part.
AnyChoices = TypeVar("AnyChoices", bound=Choices)
