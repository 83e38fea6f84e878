"""A worksheet of the library that writes plain cells without asking anew what each of them could be.

Most of the time of a workbook goes into cells, and those of a table differ in nothing but their value: the place and
the style of a column are put into words once.
"""

from __future__ import annotations

# The style of a cell is a number that the library knows and does not publish.
# pyright: reportPrivateUsage=false
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import CellNumberTuple, CellStringTuple, Worksheet


class QuickSheet(Worksheet):
    """A worksheet whose numbers and shared texts are written in one step; all else is left to the library."""

    def __init__(self) -> None:
        super().__init__()
        self._starts: dict[tuple[int, int | None], tuple[str, str]] = {}

    def _write(self, row: int, col: int, *args: Any) -> int:
        kind = type(args[0])
        if kind is float or kind is int:
            return self._write_number(row, col, *args)
        if kind is str and args[0]:
            return self._write_string(row, col, *args)  # text is text: no formula, no link
        return super()._write(row, col, *args)

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind = type(cell)
        if kind is CellNumberTuple and row not in self.row_info:
            start, style = self._start(col, cell.format)
            self.fh.write(f"{start}{row + 1}{style}><v>{cell.number:.16G}</v></c>")
        elif kind is CellStringTuple and row not in self.row_info and not self.constant_memory:
            start, style = self._start(col, cell.format)
            self.fh.write(f'{start}{row + 1}{style} t="s"><v>{cell.string}</v></c>')
        else:
            super()._write_cell(row, col, cell)

    def _start(self, col: int, cell_format: Format | None) -> tuple[str, str]:
        """Return what stands before and after the number of the row: the letters of the column, and the style."""
        index = None if cell_format is None else cell_format._get_xf_index()
        if (col, index) not in self._starts:
            info = self.col_info.get(col)
            style = info.column_format if cell_format is None and info else cell_format
            shown = "" if style is None else f' s="{style._get_xf_index()}"'
            self._starts[col, index] = (f'<c r="{xl_col_to_name(col)}', f'"{shown}')
        return self._starts[col, index]
