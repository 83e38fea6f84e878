"""What runs in the process that reads files: a request is a line of JSON, and so is the answer."""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError, of_the_machine
from analysis.intake.reading.markup import KINDS, read_markup
from analysis.intake.reading.workbook import read_parquet, read_workbook

if TYPE_CHECKING:
    from analysis.intake.tables import RawTable

LARGE = ("large_parquet", "uploaded_parquet")
ADDRESSES = 12 * 2**30  # bytes beside the memory that may be held: libraries reserve more than they use


def main() -> None:
    """Answer requests until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked is told as well, and ends this process
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    _import_readers()
    for line in sys.stdin.buffer:
        answers.write(json.dumps(answer(json.loads(line))) + "\n")
        answers.flush()


def _import_readers() -> None:
    import fastexcel
    import pyarrow.compute

    assert fastexcel
    assert pyarrow.compute


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Read one file; its rows go into the folder of the request."""
    import pyarrow as pa

    folder, asked = Path(request.pop("folder")), dict(request)
    try:
        _limit(asked.pop("memory"))
        source = Path(asked.pop("source"))
        if asked["kind"] in LARGE:
            tables = [read_large(source, folder, kind=asked["kind"], file=asked["file"])]
        else:
            tables = read_native(source.read_bytes(), **asked)
        for number, table in enumerate(tables):
            rows: Any = table.rows
            if isinstance(rows, Path):
                continue
            with pa.OSFile(str(folder / f"{number}.arrow"), "wb") as file, pa.ipc.new_file(file, rows.schema) as out:
                out.write_table(rows)
    except AnalysisError as refusal:
        return {"refused": refusal.code, "facts": refusal.facts}
    except MemoryError:
        return {"refused": "file_needs_memory", "facts": {"file": request["file"], "limit": _gb(request["memory"])}}
    except OSError as problem:  # what is written here, so no fault of the file
        refusal = of_the_machine(problem)
        assert refusal is not None
        return {"refused": refusal.code, "facts": refusal.facts}
    told = [field.name for field in fields(tables[0]) if field.name != "rows"] if tables else []
    return {"tables": [{name: getattr(table, name) for name in told} for table in tables]}


def read_large(source: Path, folder: Path, *, kind: str, file: str) -> RawTable:
    """Read a large Parquet file: where it lies, or into a file of the folder when it will not stay there."""
    from analysis.intake.reading import large

    if kind == "large_parquet":
        return large.read_large_parquet(source, file=file)
    return large.copy_large_parquet(source, file=file, rows=folder / "0.parquet")


def read_native(
    content: bytes, *, kind: str, file: str, fingerprint: str, sheet: str | None, header_row: int | None
) -> list[RawTable]:
    """Read a workbook or a Parquet file in this process, after a look at what it claims."""
    if kind in KINDS:
        return read_markup(content, kind=kind, file=file, fingerprint=fingerprint, sheet=sheet, header_row=header_row)
    if kind == "parquet":
        return [read_parquet(content, file=file, fingerprint=fingerprint)]
    if content.startswith(b"PK"):
        from analysis.intake.reading.containers import check_zip

        check_zip(content, file=file)
    return read_workbook(content, file=file, fingerprint=fingerprint, sheet=sheet, header_row=header_row)


def _limit(memory: int) -> None:
    """Let a request for far more memory than may be held fail at once, and leave no image of the memory behind."""
    try:
        import resource
    except ImportError:  # Windows has none: there the one who waits looks at the memory held
        return
    for kind, most in ((resource.RLIMIT_AS, memory + ADDRESSES), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        try:
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
        except (ValueError, OSError):  # macOS knows the limit of addresses, and does not take it
            continue


def _gb(memory: int) -> float:
    return round(memory / 2**30, 1)
