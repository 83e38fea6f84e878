"""The Excel workbook of a study: what it is, the segments, their customers, all profiles, and what was left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from analysis.exports.cells import (
    COUNT,
    MONEY,
    SHARE,
    SheetColumn,
    number_column,
    profile_columns,
    text_column,
)
from analysis.exports.names import sheet_name
from analysis.exports.set_aside import count_columns, example_columns
from analysis.exports.sheets import A4, PICTURE_WIDTH, PRINTED_ROWS, Sheet, Styles, table, write_sheet
from analysis.exports.summary_sheet import write_summary
from analysis.exports.words import left_out_words
from analysis.exports.workbook_contents import SHEET_ROWS, NamedSegmentation, WorkbookContents, method_name
from analysis.intake.judging.deciding_words import guess_line
from analysis.intake.reading.written import AUTHOR
from analysis.privacy.consent import may_be_contacted
from analysis.privacy.small_groups import is_small
from analysis.profiles.dictionary import feature_dictionary
from analysis.profiles.words import feature_names
from analysis.segments.names import segment_advice, segment_meaning
from analysis.segments.params import RfmParams
from analysis.translate import Translate, word

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet


EXAMPLES = 1_000
_STREAM_FROM_CELLS = 3_000_000
_STORY_WIDTH = 90.0
# Of the many features of a customer, those that a list to act on needs.
LISTED = ("name", "phone", "email", "recency_days", "n_orders", "spend", "average_order_value", "favourite_category")
Progress = Callable[[float], None]


def write_workbook(
    target: Path | str | BinaryIO,
    contents: WorkbookContents,
    t: Translate,
    *,
    progress: Progress = lambda share: None,
) -> None:
    """Write the workbook to a path or into an open binary file.

    Ids are text, dates are dates, no cell is a formula or a link. The same contents give the same bytes.

    Parameters
    ----------
    target : path or open binary file
    contents : WorkbookContents
    t : translator
    progress : callable
        Told the share of the work done, 0..1; what it raises stops the writing.
    """
    from xlsxwriter import Workbook

    from analysis.exports.quick_sheet import QuickSheet

    sheets = _sheets(contents, t)
    n_cells = sum(len(sheet.rows) * len(sheet.columns) for sheet in sheets)
    options = {
        "constant_memory": n_cells > _STREAM_FROM_CELLS,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": n_cells <= _STREAM_FROM_CELLS,
    }
    book = Workbook(str(target) if isinstance(target, Path) else target, options)
    created = datetime.combine(contents.profiles.as_of, datetime.min.time())
    book.set_properties({"title": contents.study, "author": AUTHOR, "created": created})
    styles = Styles(book, t.currency_sign())
    if contents.summary is not None:
        first = book.add_worksheet(t("workbook.sheet.summary"))
        title, day = contents.study or t("workbook.title"), contents.profiles.as_of
        write_summary(
            book, first, contents.summary, t, styles, title=title, day=day, note=_personal_note(contents, t),
            guesses=[guess_line(one, t) for one in contents.guesses],
        )  # fmt: skip
    _write_readme(book.add_worksheet(t("workbook.sheet.readme")), contents, sheets, t, styles)
    done, n_rows = 0, max(sum(len(sheet.rows) for sheet in sheets), 1)
    # A streamed row is on disk once written; others are put into the file at the end, which takes about as long.
    weight = (0.9 if options["constant_memory"] else 0.5) / n_rows
    for sheet in sheets:
        start = done
        write_sheet(
            book.add_worksheet(sheet.name, QuickSheet),
            sheet,
            styles,
            lambda line, start=start: progress((start + line) * weight),
        )
        done += len(sheet.rows)
    book.close()
    progress(1.0)


def _sheets(contents: WorkbookContents, t: Translate) -> list[Sheet]:
    taken = {t("workbook.sheet.summary"), t("workbook.sheet.readme")}
    sheets = [table(sheet_name(t("workbook.sheet.segments"), taken), _segment_columns(contents, t))]
    if contents.personas:
        cards = table(sheet_name(t("personas.title"), taken), _persona_columns(contents, t))
        sheets.append(replace(cards, pictures=[portrait for *_, portrait in contents.personas]))
    if contents.lists:
        sheets += _customer_sheets(contents, t, taken)
    sheets.append(table(sheet_name(t("workbook.sheet.features"), taken), _feature_columns(contents, t)))
    if contents.counts:
        sheets.append(table(sheet_name(t("workbook.sheet.set_aside"), taken), count_columns(contents.counts, t)))
    if contents.set_aside is not None and len(contents.set_aside):
        examples = example_columns(contents.set_aside.head(EXAMPLES), t)
        n_all = max(len(contents.set_aside), sum(sum(count.set_aside.values()) for count in contents.counts))
        sheets.append(table(sheet_name(t("workbook.sheet.examples"), taken), examples, n_all))
    return sheets


def _customer_sheets(contents: WorkbookContents, t: Translate, taken: set[str]) -> list[Sheet]:
    """Return the sheets with a row for every customer: each segment, each other segmentation, all profiles."""
    columns = _customer_columns(contents, t)
    rows = list(zip(*(column.values for column in columns), strict=True))
    limit, sheets = min(contents.sheet_rows, SHEET_ROWS), []
    for name, places in _members(contents, t):
        sheets.append(Sheet(sheet_name(name, taken), columns, [rows[i] for i in places[:limit]], len(places)))
    for part in contents.segmentations[1:]:
        name = sheet_name(t("workbook.sheet.list", segmentation=method_name(part, t)), taken)
        sheets.append(_list(name, part, contents, t, limit))
    return [*sheets, Sheet(sheet_name(t("workbook.sheet.profiles"), taken), columns, rows[:limit], len(rows))]


def _customer_columns(contents: WorkbookContents, t: Translate) -> list[SheetColumn]:
    """Return the columns of customers: whom to reach and what for come first, so that they print."""
    profiles = contents.profiles
    needed = tuple(sorted(profiles.features, key=lambda feature: feature.key not in LISTED))
    first, *others = profile_columns(replace(profiles, features=needed), t)
    labels = []
    for part in contents.segmentations:
        keys = part.segmentation.labels
        words = {key: part.name(str(key), t) for key in keys.dropna().unique()}
        labels.append(text_column(method_name(part, t), keys.map(words)))
    return [first, *labels, *_contact(contents, t), *others]


def _contact(contents: WorkbookContents, t: Translate) -> list[SheetColumn]:
    """Return the column that says of every customer alike what is known of consent."""
    import pandas as pd

    marks = pd.Series(contents.contact, index=contents.profiles.customers.index, dtype="str")
    return [text_column(t("feature.may_contact"), marks)] if contents.contact else []


def _members(contents: WorkbookContents, t: Translate) -> list[tuple[str, list[int]]]:
    """Return each segment of the main segmentation with the rows of its customers, highest spend first."""
    if not contents.segmentations:
        return []
    import numpy as np

    main, customers = contents.segmentations[0], contents.profiles.customers
    order = np.arange(len(customers))
    if "spend" in customers.columns:
        order = np.argsort(-customers["spend"].fillna(-np.inf).to_numpy(dtype=float), kind="stable")
    order = order[may_be_contacted(customers)[order]]
    labels = main.segmentation.labels.to_numpy(dtype=object)[order]
    return [
        (main.name(segment, t), order[labels == segment].tolist())
        for segment in main.segmentation.segments["segment"]
        if segment not in main.hidden
    ]


def _list(name: str, part: NamedSegmentation, contents: WorkbookContents, t: Translate, limit: int) -> Sheet:
    """Return the customers of another segmentation, segment after segment, highest spend first."""
    import numpy as np

    profiles = contents.profiles
    kept = tuple(feature for feature in profiles.features if feature.key in LISTED)
    first, *others = profile_columns(replace(profiles, features=kept), t)
    labels = part.segmentation.labels
    words = {key: part.name(str(key), t) for key in labels.dropna().unique()}
    columns = [text_column(t("workbook.segment"), labels.map(words)), first, *_contact(contents, t), *others]
    rows = list(zip(*(column.values for column in columns), strict=True))
    place = {key: i for i, key in enumerate(part.segmentation.segments["segment"]) if key not in part.hidden}
    order = np.array([place.get(key, -1) for key in labels.to_numpy(dtype=object)])
    spend = np.zeros(len(order))
    if "spend" in profiles.customers.columns:
        spend = profiles.customers["spend"].fillna(-np.inf).to_numpy(dtype=float)
    reached = may_be_contacted(profiles.customers)
    listed = [int(i) for i in np.lexsort((-spend, order)) if order[i] >= 0 and reached[i]]
    return Sheet(name, columns, [rows[i] for i in listed[:limit]], len(listed))


def _segment_columns(contents: WorkbookContents, t: Translate) -> list[SheetColumn]:
    import pandas as pd

    parts = contents.segmentations
    if not parts:
        return [text_column(t("workbook.segment"), pd.Series([], dtype="str"))]
    table = pd.concat([part.segmentation.segments.assign(part=i) for i, part in enumerate(parts)], ignore_index=True)
    pairs = list(zip(table["part"], table["segment"], strict=True))

    columns = [
        text_column(t("workbook.segmentation"), pd.Series([method_name(parts[i], t) for i, _ in pairs], dtype="str")),
        text_column(t("workbook.segment"), pd.Series([parts[i].name(key, t) for i, key in pairs], dtype="str")),
        number_column(t("workbook.customers"), table["customers"], COUNT),
        number_column(t("workbook.share"), table["share"], SHARE),
        number_column(t("workbook.revenue"), table["revenue"], MONEY),
        number_column(t("workbook.revenue_share"), table["revenue_share"], SHARE),
    ]
    for ending, words in (("meaning", segment_meaning), ("advice", segment_advice)):
        column = pd.Series([words(segment, t) for _, segment in pairs], dtype="str")  # pyright: ignore
        if column.notna().any():
            columns.append(text_column(t(f"workbook.{ending}"), column))
    return columns


def _persona_columns(contents: WorkbookContents, t: Translate) -> list[SheetColumn]:
    import pandas as pd

    def column(header: str, words: list[str], width: float | None = None) -> SheetColumn:
        plain = text_column(header, pd.Series(words, dtype="str"))
        return replace(plain, width=width or plain.width, wrapped=True)

    cards = [card for _, card, _ in contents.personas]
    methods = [word(t, f"workbook.segmentation.{method}", method) for method, *_ in contents.personas]
    facts = [(t(f"personas.{key}"), key) for key in ("evidence", "apart", "company")]
    # What is supposed says so in its header: a sheet is read without the page.
    supposed = [(f"{t(f'personas.{key}')} ({t('personas.supposed')})", key) for key in ("goals", "pains")]
    return [
        column(t("personas.portrait"), [""] * len(cards), PICTURE_WIDTH),
        column(t("workbook.segmentation"), methods),
        column(t("workbook.segment"), [card.segment for card in cards]),
        column(t("personas.name"), [card.name for card in cards]),
        column(t("personas.who"), [card.who for card in cards]),
        column(t("personas.story"), [card.story for card in cards], _STORY_WIDTH),
        *(
            column(header, ["\n".join(getattr(card, key)) or card.too_few or "" for card in cards], _STORY_WIDTH)
            for header, key in facts
            if any(getattr(card, key) for card in cards)
        ),
        *(column(header, [getattr(card, key) for card in cards]) for header, key in supposed),
        column(t("personas.quote"), [card.quote for card in cards]),
    ]


def _text_or_none(t: Translate, key: str) -> str | None:
    return t(key) if t.has(key) else None


def _feature_columns(contents: WorkbookContents, t: Translate) -> list[SheetColumn]:
    import pandas as pd

    from analysis.tags.words import definition

    entries, names = feature_dictionary(contents.profiles), feature_names(contents.profiles.features, t)
    tags = {tag.column: tag for tag in contents.recipe.tags}

    def meant(key: str) -> str | None:
        tag = tags.get(key.split("__")[0])
        return _text_or_none(t, f"feature.{key}.help") if tag is None else definition(tag, contents.profiles, t)

    def texts(key: str, values: list[str | None]) -> SheetColumn:
        return text_column(t(f"workbook.{key}"), pd.Series(values, dtype="str"))

    n = len(contents.profiles.customers)
    known = [entry.coverage for entry in entries]
    if not contents.lists:
        known = [None if is_small(round(share * n)) or is_small(round((1 - share) * n)) else share for share in known]
    coverage = pd.Series(known, dtype=float)
    return [
        texts("feature", [names[entry.key] for entry in entries]),
        texts("key", [entry.key for entry in entries]),
        texts("dimension", [t(f"workbook.dimension.{entry.dimension}") for entry in entries]),
        texts("kind", [t(f"workbook.kind.{entry.kind}") for entry in entries]),
        texts("unit", [t(f"workbook.unit.{entry.unit}") for entry in entries]),
        number_column(t("workbook.coverage"), coverage, SHARE),
        texts("origin", [t(f"workbook.origin.{entry.origin}", day=entry.as_of) for entry in entries]),
        texts("definition", [meant(entry.key) for entry in entries]),
    ]


def _write_readme(
    sheet: Worksheet, contents: WorkbookContents, sheets: Sequence[Sheet], t: Translate, styles: Styles
) -> None:
    customers = contents.profiles.customers
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)  # what is said beside its heading, not on a page of its own
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, contents.study or t("workbook.title"), styles.title)
    sheet.write_string(1, 0, t("workbook.what"))
    facts: list[tuple[str, Any, Format]] = [
        ("as_of", _serial(contents.profiles.as_of), styles.left_day),
        ("customers", len(customers), styles.left),
    ]
    if "n_orders" in customers.columns:
        facts.append(("orders", int(customers["n_orders"].sum()), styles.left))
    if "spend" in customers.columns:
        facts.append(("revenue", float(customers["spend"].sum()), styles.left_money))
    if contents.recipe.money_in:
        facts.append(("currency", contents.recipe.money_in, styles.left))
    line = 3
    for key, value, style in facts:
        sheet.write_string(line, 0, t(f"workbook.{key}"), styles.bold)
        sheet.write(line, 1, value, style)
        line += 1
    blocks = (
        (
            "sources",
            [t("workbook.source", table=count.table, read=count.read, kept=count.kept) for count in contents.counts],
        ),
        *([("guesses", [guess_line(one, t) for one in contents.guesses])] if contents.guesses else []),
        ("method", _method(contents, t)),
        ("remarks", _remarks(contents, sheets, t)),
        ("sheets", [sheet.name for sheet in sheets]),
    )
    for key, sentences in blocks:
        line += 1
        for place, sentence in enumerate(sentences):
            if place == 0:
                sheet.write_string(line, 0, t(f"workbook.{key}"), styles.bold)
            sheet.write_string(line, 1, sentence, styles.wrapped)
            line += 1


def _personal_note(contents: WorkbookContents, t: Translate) -> str:
    if not contents.lists:
        return left_out_words(contents.n_left_out, t)
    if contents.is_masked:
        return t("workbook.masked")
    return t("workbook.unmasked") if contents.has_personal else ""


def _serial(day: date) -> int:
    return (day - date(1899, 12, 30)).days


def _method(contents: WorkbookContents, t: Translate) -> list[str]:
    sentences = [t(f"workbook.method.returns_{contents.recipe.cleaning.returns}")]
    for part in contents.segmentations:
        key = f"workbook.method.{part.segmentation.method}"
        params = contents.recipe.plan_or_usual(part.segmentation.method).params
        if isinstance(params, RfmParams):
            key = f"{key}.{params.scheme}"  # the ten groups are named without M
        sentences += [t(key)] if t.has(key) else []
        if part.segmentation.n_outside:
            name = method_name(part, t)
            sentences.append(t("workbook.method.outside", segmentation=name, n=part.segmentation.n_outside))
    return sentences


def _remarks(contents: WorkbookContents, sheets: Sequence[Sheet], t: Translate) -> list[str]:
    if not contents.lists:
        return [_personal_note(contents, t)]
    sentences = [t("workbook.how_to_read")]
    if note := _personal_note(contents, t):
        sentences.append(note)
    if n := int((~may_be_contacted(contents.profiles.customers)).sum()):
        sentences.append(t("workbook.not_contacted", n=n))
    elif contents.segmentations and contents.contact:
        sentences.append(t("workbook.consent_unknown", mark=contents.contact))
    sentences.append(t("workbook.printed", n=PRINTED_ROWS))
    sentences += [
        t("workbook.cut", sheet=sheet.name, shown=len(sheet.rows), n=sheet.n_all)
        for sheet in sheets
        if len(sheet.rows) < sheet.n_all
    ]
    return sentences
