"""What the machine cannot do is a sentence, wherever it says so; an error of ours is none."""

from __future__ import annotations

import errno
import os

import duckdb
import pyarrow as pa
import pytest
from xlsxwriter.exceptions import FileCreateError

from analysis import machine


def as_wrapped() -> Exception:
    try:
        try:
            raise OSError(errno.ENOSPC, "said by the system")
        except OSError as problem:
            raise FileCreateError("as the library says it") from problem
    except FileCreateError as problem:
        return problem


def of_duckdb(number: int) -> Exception:
    return duckdb.IOException(f'IO Error: Could not write file "a": {os.strerror(number)}')


def of_arrow(number: int) -> Exception:
    return pa.ArrowException(f"Error writing bytes to file. Detail: [errno {number}] {os.strerror(number)}")


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (OSError(errno.ENOSPC, "x"), "disk_full"),
        (of_duckdb(errno.ENOSPC), "disk_full"),
        (of_arrow(errno.ENOSPC), "disk_full"),
        (as_wrapped(), "disk_full"),
        (OSError(errno.EFBIG, "x"), "file_size_limited"),
        (of_duckdb(errno.EFBIG), "file_size_limited"),
        (of_arrow(errno.EFBIG), "file_size_limited"),
        (OSError(errno.EMFILE, "x"), "too_many_open_files"),
        (of_duckdb(errno.EMFILE), "too_many_open_files"),
        (MemoryError(), "out_of_memory"),
        (duckdb.OutOfMemoryException("x"), "out_of_memory"),
        (PermissionError(errno.EACCES, "Permission denied", "a.csv"), "system_refused"),
        (ZeroDivisionError(), None),
        (KeyError(os.strerror(errno.EFBIG)), None),  # a cell or a heading may say so
    ],
)
def test_what_the_machine_cannot_do_is_told_apart_from_an_error_of_ours(problem: Exception, code: str | None) -> None:
    refusal = machine.refusal(problem)
    assert (refusal and refusal.code) == code
