"""What a refusal says, in every language, whatever its facts are."""

from __future__ import annotations

import ast
import errno
import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from xlsxwriter.exceptions import FileCreateError

from analysis.errors import AnalysisError, of_the_machine
from texts import LANGUAGES, Language, translator

REFUSALS = ("AnalysisError", "ChoiceError")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["recipe_newer", "workspace_newer", "archive_newer"])
def test_what_a_newer_version_wrote_is_a_sentence(code: str, language: Language) -> None:
    refusal = AnalysisError(code, found=99, supported=4)
    assert "99" in refusal.sentence(translator(language)) and "4" in refusal.sentence(translator(language))
    assert code in str(refusal)


def test_the_fact_known_lists_names_and_nothing_else(root: Path) -> None:
    # A number there would break the sentence that is to tell the reader what is wrong.
    for path in (root / "analysis").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in REFUSALS:
                for fact in call.keywords:
                    told = ast.unparse(fact.value)
                    assert fact.arg != "known" or not told.isupper() or told.rstrip(")").endswith("S"), (
                        f"{path}: {told}"
                    )
                    assert fact.arg != "known" or not told.startswith(("int(", "len(", "', '")), f"{path}: {told}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_names_that_would_have_been_right_are_said_once_and_in_words(language: Language) -> None:
    said = AnalysisError("report_format_unknown", format="docs", known=("html", "docx")).sentence(translator(language))
    assert said.count("html, docx") == 1 and "'" not in said
    other = AnalysisError("study_unknown", study="spring", known=("Spring", "Autumn")).sentence(translator(language))
    assert other.count("Spring, Autumn") == 1 and "(" not in other
    none = AnalysisError("past_no_run", day="2024-01-01", known=()).sentence(translator(language))
    assert "–" in none and "()" not in none


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
    refusal = of_the_machine(problem)
    assert (refusal and refusal.code) == code
