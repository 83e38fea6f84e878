"""Text files (csv, tsv, txt with any delimiter) to raw tables, through DuckDB's reader."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.engine import file_literal, literal, look
from analysis.errors import AnalysisError
from analysis.intake.cells.units import unit_above
from analysis.intake.reading.encodings import Decoded, decode
from analysis.intake.reading.layout import (
    LOOK_AT,
    MAX_COLUMNS,
    clean_headers,
    find_header,
    header_rows,
    header_titles,
    leave_out,
)
from analysis.intake.reading.repairs import repaired
from analysis.intake.reading.reshape import reshape
from analysis.intake.tables import LeftOut, RawTable, ReadAs
from analysis.temporary import own_folder

if TYPE_CHECKING:
    import pyarrow as pa

DELIMITERS = (",", "\t", ";", "|", "，", "；", "^", "~", "\x01")
SPACES = "spaces"
LEAST_BANNER, LEAST_BELOW = 5, 3  # lines of prose, and of the table below it
LONGEST_LINE = 16 * 1024 * 1024
_SAID = re.compile(r"sep=([^\w\s]|\t) *(?:\n|\Z)", re.IGNORECASE)  # the first line of a CSV file made for Excel
LINE_BREAK = "\ue00a"  # of the private area: no text file holds it


def read_text(
    content: bytes, *, file: str, fingerprint: str, encoding: str | None = None, header_row: int | None = None
) -> RawTable:
    """Read a delimited text file; delimiter, and unless given encoding and header row, are found from the text itself.

    ``header_row`` counts records from 1; 0 says that there is no header.
    """
    decoded = decode(content, encoding=encoding, file=file)
    text = decoded.text.replace("\x00", "").lstrip("\ufeff").rstrip("\x1a")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise AnalysisError("file_empty", file=file)
    delimiter = find_delimiter(text)
    if delimiter == SPACES:
        text = "\n".join("\t".join(line.split()) for line in text.split("\n"))
    separator = "\t" if delimiter == SPACES else delimiter
    text = _one_line_per_record(text, separator)
    head = split_records(text, separator, max(LOOK_AT, (header_row or 0) + LOOK_AT))
    if not any(cell.strip() for row in head for cell in row):
        raise AnalysisError("file_empty", file=file)
    header = find_header(head) if header_row is None else header_row - 1
    if header >= len(head):
        raise AnalysisError("header_row_beyond", file=file, header_row=header + 1, rows=len(head))
    width = _width(head, header)
    if width > MAX_COLUMNS:
        raise AnalysisError("too_many_columns", file=file, n_columns=width, most=MAX_COLUMNS)
    titles = [*header_titles(head, header), *[None] * width][:width]
    names = clean_headers([cell and cell.replace(LINE_BREAK, " ") for cell in titles])
    rows, surplus, mended = _scan(text, separator, width, skip=header + 1)
    keep = [
        index
        for index in range(width)
        if not re.fullmatch(r"column_\d+", names[index]) or rows.column(f"c{index}").null_count < rows.num_rows
    ]
    if rows.num_rows == 0:
        raise AnalysisError("file_only_header", file=file)
    if len(keep) == 1 and header < 0 and header_row is None:
        raise AnalysisError("file_not_a_table", file=file, kind="text")
    rows = rows.select(["line", *[f"c{index}" for index in keep]])
    rows = rows.rename_columns(["line", *[f"c{new}" for new in range(len(keep))]])
    rows, left = leave_out(
        rows, [[row[i] if i < len(row) else None for i in keep] for row in header_rows(head, header)]
    )
    if rows.num_rows == 0:
        raise AnalysisError("file_only_header", file=file)
    above = head[: max(0, header)]
    shaped = reshape(rows, tuple(names[index] for index in keep), above)
    return RawTable(
        file=file,
        sheet="",
        fingerprint=fingerprint,
        columns=shaped.names,
        n_rows=shaped.rows.num_rows,
        rows=shaped.rows,
        header_row=header + 1,
        encoding=decoded.encoding,
        delimiter=delimiter,
        surplus=tuple(sorted((*surplus, *left, *shaped.surplus))),
        plausibility=decoded.plausibility,
        unit=unit_above(above),
        read_as=(*_mixed_note(decoded), *mended, *shaped.notes),
    )


def _mixed_note(decoded: Decoded) -> tuple[ReadAs, ...]:
    facts = {"n": decoded.n_other, "other": decoded.other}
    return (ReadAs("encodings_mixed", facts),) if decoded.n_other else ()


def _width(head: list[list[str]], header: int) -> int:
    """Return the number of columns: the header's, unless most rows below it are wider."""
    body = sorted(len(row) for row in head[header + 1 :] if any(cell.strip() for cell in row))
    usual = body[len(body) // 2] if body else 0
    return max(len(head[header]) if header >= 0 else 0, usual, 1)


def find_delimiter(text: str) -> str:
    r"""Return the delimiter that cuts the first lines into the most equal rows; ``spaces`` for aligned columns.

    Examples
    --------
    >>> find_delimiter("a;b;c\n1,5;2;3\n4,5;5;6\n")
    ';'
    >>> find_delimiter("sep=|\na,b|c\n")
    '|'
    """
    start = text[:200_000]
    if said := _SAID.match(start):
        return said[1]
    if start.count('"') % 2 == 0:  # quoted cells may hold line breaks
        start = re.sub(r'"[^"]*"', "x", start)
    lines = [line for line in start.split("\n")[:LOOK_AT] if line.strip()]
    if below := _cuts_below_prose(lines):
        return below
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        counts = [_outside_quotes(line, delimiter) for line in lines]
        filled = sorted(count for count in counts if count)
        if not filled:
            continue
        usual = filled[len(filled) // 2]
        agree = sum(1 for count in counts if count == usual) / len(lines)
        score = agree * (1 + min(usual, 30) / 100)
        if score > best_score:
            best, best_score = delimiter, score
    if best_score < 0.5 and _is_cut_by_colons(lines):
        return ":"
    # A first line that a delimiter cuts is a header; broken rows below it do not make it prose above aligned columns.
    if best_score < 0.5 and _outside_quotes(lines[0], best) < 2:
        widths = [len(line.split()) for line in lines]
        usual = sorted(widths)[len(widths) // 2]
        share = sum(1 for width in widths if width == usual) / len(widths)
        below = _cuts_a_run(lines)
        if usual > 1 and share > max(best_score, 0.9 if below else 0.7):
            return SPACES
        return below or best
    return best


def _cuts_a_run(lines: Sequence[str]) -> str | None:
    """Return the delimiter that cuts the longest run of lines into as many fields, a table below a long banner."""
    best, longest = None, 2
    for delimiter in DELIMITERS:
        counts = [_outside_quotes(line, delimiter) for line in lines]
        for count, run in groupby(counts):
            length = len(list(run))
            if count > 1 and length > longest:
                best, longest = delimiter, length
    return best


def _cuts_below_prose(lines: Sequence[str]) -> str | None:
    """Return the delimiter that cuts all lines below a long banner of prose, which has other delimiters, into names."""
    for delimiter in (";", "\t", "|"):
        counts = [_outside_quotes(line, delimiter) for line in lines]
        first = next((place for place in range(len(counts)) if len({*counts[place:]}) == 1), len(counts))
        if first < LEAST_BANNER or len(lines) - first < LEAST_BELOW or counts[first] < 2 or any(counts[:first]):
            continue
        if all(name.strip('" ') and not any(map(str.isdigit, name)) for name in lines[first].split(delimiter)):
            return delimiter
    return None


def _is_cut_by_colons(lines: Sequence[str]) -> bool:
    """Say whether colons cut every line, the first into names: times, addresses and remarks hold colons too."""
    names = lines[0].split(":")
    return (
        len(names) > 2
        and all(any(character.isalpha() for character in name) for name in names)
        and len({_outside_quotes(line, ":") for line in lines}) == 1
    )


def _outside_quotes(line: str, delimiter: str) -> int:
    return re.sub(r'"[^"]*"', "", line).count(delimiter) if '"' in line else line.count(delimiter)


def _one_line_per_record(text: str, separator: str) -> str:
    """Stand a mark for every line break inside quotes, and take a quote that is never closed for a plain character.

    Otherwise lines and records are counted differently, and one stray quote swallows the rest of the file.
    """
    if '"' not in text or well_quoted(separator).match(text + "\n"):
        return text
    if '\\"' in text:  # quotes within quotes as programs write them
        doubled = text.replace('\\"', '""')
        if well_quoted(separator).match(doubled + "\n"):
            return doubled
    ends = f"[{re.escape(separator)}\n]"
    closed, stray = rf'"[^"]*(?:""[^"]*)*" *(?={ends}|\Z)', rf'"[^{re.escape(separator)}\n]*'
    field = re.compile(rf"(?:(?<={ends})|\A) *(?:{closed}|{stray})")

    def rewrite(found: re.Match[str]) -> str:
        cell = found[0].strip(" ")
        if len(cell) > 1 and cell.endswith('"') and cell.count('"') % 2 == 0:
            return cell.replace("\n", LINE_BREAK)
        return '"' + cell.replace('"', '""') + '"'

    return field.sub(rewrite, text)


@cache
def well_quoted(separator: str) -> re.Pattern[str]:
    r"""Return the shape of lines whose quotes open and close whole fields, none over a line break.

    Examples
    --------
    >>> [bool(well_quoted(",").match(text)) for text in ('a,"b, c",d\n', 'a","\nb\n', '5" pipe,x\n')]
    [True, False, False]
    """
    quoted, plain = r'"[^"\n]*+(?:""[^"\n]*+)*+" *+', rf'[^"\n{re.escape(separator)}]*+'
    return re.compile(rf"(?:(?:{quoted}|{plain})(?:{re.escape(separator)}|\r?\n))*+\Z")


def split_records(text: str, delimiter: str, most: int) -> list[list[str]]:
    """Split the first records, with quotes and line breaks inside quotes, as the full reader will."""
    import csv
    import io

    start = text[: 2_000_000 if most <= LOOK_AT else len(text)]
    records: list[list[str]] = []
    csv.field_size_limit(LONGEST_LINE)
    try:
        for record in csv.reader(io.StringIO(start, newline=""), delimiter=delimiter):
            records.append(record)
            if len(records) >= most:
                break
    except csv.Error:
        pass
    return records


def _scan(
    text: str, separator: str, width: int, *, skip: int
) -> tuple[pa.Table, tuple[LeftOut, ...], tuple[ReadAs, ...]]:
    """Read all records with DuckDB; return those with a value, and apart from them those with too many fields.

    ``line`` counts records from the top of the file, as the rows of a spreadsheet do.
    """

    if text.startswith("\n") or "\n\n" in text:  # DuckDB passes over empty lines without counting them
        text = re.sub(r"(?m)^$", separator * (width - 1) or " ", text.rstrip("\n"))
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(width))
    with tempfile.TemporaryDirectory(dir=own_folder()) as folder, look() as connection:
        path = Path(folder) / "text.csv"
        path.write_text(text, "utf-8", newline="\n")
        options = (
            f"columns={{{columns}}}, delim={literal(separator)}, quote='\"', escape='\"', header=false, skip={skip}, "
            f"auto_detect=false, null_padding=true, ignore_errors=true, store_rejects=true, "
            f"max_line_size={LONGEST_LINE}, nullstr='', hive_partitioning=false, parallel=false"
        )
        broken = LINE_BREAK in text
        texts = [f"replace(c{index}, '{LINE_BREAK}', chr(10))" if broken else f"c{index}" for index in range(width)]
        cells = ", ".join(f"nullif(trim({cell}), '') AS c{index}" for index, cell in enumerate(texts))
        connection.execute(
            f"CREATE TEMP TABLE kept AS SELECT row_number() OVER () AS record, {cells} "
            f"FROM read_csv({file_literal(path)}, {options})"
        )
        surplus = connection.sql("SELECT line, any_value(csv_line) FROM reject_errors GROUP BY line ORDER BY line")
        wide = tuple(LeftOut(int(line), str(record).replace(LINE_BREAK, "\n")) for line, record in surplus.fetchall())
        filled = " OR ".join(f"c{index} IS NOT NULL" for index in range(width))
        found = connection.sql(f"SELECT record + {skip} AS line, * EXCLUDE record FROM kept WHERE {filled}")
        rows = _shift_lines(found.to_arrow_table(), [left.line for left in wide])
    rows, wide = _taken_back(rows, wide, _trimmed(wide, separator, width))
    mended = repaired(rows, wide, separator, width)
    note = ()
    if mended:
        example = next(left.text for left in wide if left.line in mended)[:80]
        note = (ReadAs("rows_repaired", {"n": len(mended), "example": example}),)
    return *_taken_back(rows, wide, mended), note


def _trimmed(wide: tuple[LeftOut, ...], separator: str, width: int) -> dict[int, list[str | None]]:
    """Return the cells of the records whose surplus fields are all empty, by line: spreadsheets write them."""
    import csv

    fitting: dict[int, list[str | None]] = {}
    for left in wide:
        record = next(csv.reader([left.text], delimiter=separator), []) if left.text.endswith(separator) else []
        # Refused for its quotes, a record may be as short as any; it has no surplus.
        if len(record) >= width and not any(cell.strip() for cell in record[width:]):
            fitting[left.line] = [cell.strip(" ") or None for cell in record[:width]]
    return fitting


def _taken_back(
    rows: pa.Table, wide: tuple[LeftOut, ...], fitting: dict[int, list[str | None]]
) -> tuple[pa.Table, tuple[LeftOut, ...]]:
    """Put records that were left out, by line, back among the rows."""
    if not fitting:
        return rows, wide
    import pyarrow as pa

    width = rows.num_columns - 1

    kept = {line: cells for line, cells in fitting.items() if any(cells)}
    columns = [pa.array(list(kept)), *(pa.array([cells[i] for cells in kept.values()]) for i in range(width))]
    more = pa.table(columns, names=rows.column_names).cast(rows.schema)
    rows = pa.concat_tables([rows, more]).sort_by("line")
    return rows, tuple(left for left in wide if left.line not in fitting)


def _shift_lines(rows: pa.Table, left_out: list[int]) -> pa.Table:
    """Number the rows as in the file when some records between them were left out."""
    if not left_out:
        return rows
    import numpy as np
    import pyarrow as pa

    lines = rows.column("line").to_numpy()
    before = np.asarray(left_out) - np.arange(len(left_out))  # the k-th left out stands before kept record number l - k
    shifted = lines + np.searchsorted(before, lines, side="right")
    return rows.set_column(0, "line", pa.array(shifted))
