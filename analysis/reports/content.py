"""A report as a tree of content, before it becomes a file: sections of pages of sentences, figures, tables, charts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from analysis.translate import Translate

Form = Literal["text", "count", "share", "money", "number"]
UNKNOWN = "–"
_CHINESE = re.compile("[\u2e80-\u2fdf\u3005-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Column:
    """A column of a table: its title, how its values are written, and the values; None is not known."""

    title: str
    form: Form
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """A table; ``wide`` names the places of columns that hold sentences."""

    columns: tuple[Column, ...]

    @property
    def n_rows(self) -> int:
        """Rows below the titles."""
        return len(self.columns[0].values) if self.columns else 0

    def titles(self) -> list[str]:
        """Return the titles of the columns."""
        return [column.title for column in self.columns]

    def rows(self, t: Translate) -> list[list[str]]:
        """Return the rows in words."""
        return [[written(column.values[i], column.form, t) for column in self.columns] for i in range(self.n_rows)]

    def part(self, start: int, stop: int) -> Table:
        """Return some of the rows."""
        return Table(tuple(Column(c.title, c.form, c.values[start:stop]) for c in self.columns))


@dataclass(frozen=True)
class Series:
    """Values of one name, aligned with the categories of a chart; None where there is none."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Native:
    """A chart as spreadsheets and slides draw it themselves."""

    kind: Literal["bars", "lines"]
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    form: Form


@dataclass(frozen=True)
class Chart:
    """A picture with the words that stand for it, and the same as a native chart where there is such a kind.

    ``spec`` is a Vega-Lite specification.
    """

    alt: str
    spec: dict[str, Any] = field(repr=False)
    native: Native | None = None


@dataclass(frozen=True)
class Figure:
    """A number that stands by itself, as text, with what it is."""

    name: str
    value: str


@dataclass(frozen=True)
class Page:
    """What one heading is about: a slide, or a part of a page. Its title is what was found."""

    title: str
    sentences: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    chart: Chart | None = None
    table: Table | None = None
    points: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True)
class Section:
    """A section: its key, its name, and its pages."""

    key: str
    name: str
    pages: tuple[Page, ...]


@dataclass(frozen=True)
class Report:
    """Everything a writer writes.

    Attributes
    ----------
    title, client, study : str
    day : date
        The day that the figures are of; every date in a file is this one.
    language : "en" or "zh"
    accent : str
        ``#rrggbb``.
    logo : bytes, optional
        PNG.
    sections : tuple of Section
    remarks : tuple of str
        What is not in it, and why.
    recipe : str
        The recipe as YAML.
    files : tuple of str
        Names of the files that the study reads.
    kept_in : str
        The study of this computer that holds what its numbers rest on besides files and recipe (merged ids, forgotten
        customers, tag values from files); empty where they rest on nothing else.
    """

    title: str
    client: str
    study: str
    day: date
    language: str
    accent: str
    logo: bytes | None = field(repr=False)
    sections: tuple[Section, ...]
    remarks: tuple[str, ...]
    recipe: str = field(repr=False)
    files: tuple[str, ...] = ()
    kept_in: str = ""

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages of all sections."""
        return tuple(page for section in self.sections for page in section.pages)


def holds_chinese(report: Report) -> bool:
    """Say whether any text of a report, also of its charts, takes a font with Chinese letters."""
    specs = (page.chart.spec for page in report.pages if page.chart is not None)
    return any(_CHINESE.search(text) is not None for text in (repr(report), *map(repr, specs)))


def written(value: Any, form: Form, t: Translate) -> str:
    """Return a value in words.

    Examples
    --------
    >>> from texts import Translator
    >>> t = Translator("en", "GBP")
    >>> [written(0.081, "share", t), written(1200.4, "money", t), written(None, "count", t)]
    ['8.1%', '£1,200', '–']
    """
    if value is None or value != value:
        return UNKNOWN
    if form == "text":
        return str(value)
    return {"share": t.percent, "money": t.money, "count": t.number, "number": t.number}[form](value)
