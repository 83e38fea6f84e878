"""Reading in a process of its own: whatever a native reader does to it, the app gets tables or a sentence.

The process is started without the folder it stands in on its path, writes nothing into logs (a native reader's last
words may hold cells), and hands its rows over as files. One is kept for the next file, unless it grew large.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.engine import StoppedError, allow, watched
from analysis.errors import AnalysisError
from analysis.intake.reading.large import spool
from analysis.intake.tables import LeftOut, RawTable, ReadAs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psutil
    import pyarrow as pa

GB = 2**30
MOST_MEMORY = 4 * GB  # resident, of one reading
MOST_SHARE = 0.6  # of the machine's memory, where that is less
KEPT_MEMORY = GB // 2  # a process that grew further is not used again, so that its memory goes back
SECONDS = 60  # of the processor, for a small file
SECONDS_PER_MB = 4
PATIENCE = 5  # times as long by the clock: a busy machine is no fault of the file
LOOK_EVERY = 0.05  # seconds
_ROOT = Path(__file__).resolve().parents[3]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from analysis.intake.reading.child import main; main()"


@dataclass(frozen=True)
class Asked:
    """What is to be read, and how."""

    kind: str  # of ``read.kind_of``, or of ``child.LARGE``
    file: str
    fingerprint: str
    sheet: str | None = None
    header_row: int | None = None


class Reader:
    """One process that reads files, one after the other."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, str(_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def ask(self, request: dict[str, Any]) -> Future[bytes]:
        """Send a request; the answer is one line, or nothing when the process has ended."""
        answer: Future[bytes] = Future()
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None

        def listen() -> None:
            try:
                stdin.write(json.dumps(request).encode() + b"\n")
                stdin.flush()
                answer.set_result(stdout.readline())
            except (OSError, ValueError):  # it has ended, or was closed meanwhile
                answer.set_result(b"")

        threading.Thread(target=listen, daemon=True).start()
        return answer

    def close(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what was still to be written has no reader left
                    continue


class _Reading:
    """One reading under way, which a ``Stopper`` can end."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.is_over, self.is_stopped = reader, False, False

    def interrupt(self) -> None:
        if not self.is_over:
            self.is_stopped = True
            self.reader.process.kill()


_idle: list[Reader] = []
_guard = threading.Lock()


def _take() -> Reader:
    with _guard:
        while _idle:
            reader = _idle.pop()
            if reader.process.poll() is None:
                return reader
            reader.close()
    return Reader()


def _give_back(reader: Reader) -> None:
    with _guard:
        if not _idle and reader.process.poll() is None:
            _idle.append(reader)
            return
    reader.close()


def warm() -> None:
    """Start the process that will read the first file, without waiting for it."""
    _give_back(_take())


@atexit.register
def close_idle() -> None:
    """End the process that waits for the next file."""
    with _guard:
        while _idle:
            _idle.pop().close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # the process belongs to the parent


def read_apart(source: Path | bytes, asked: Asked, *, memory: int | None = None) -> list[RawTable]:
    """Read a workbook or a Parquet file in a process of its own.

    Parameters
    ----------
    source : path or bytes
    asked : Asked
    memory : int, optional
        Bytes that the process may hold; 4 GB, or 60 % of the machine's memory, when left out.

    Raises
    ------
    AnalysisError
        What the readers refuse, and ``file_needs_memory`` (``limit``, GB), ``file_takes_too_long`` (``seconds``),
        ``file_ends_reader``.
    StoppedError
    """
    with tempfile.TemporaryDirectory(dir=spool(), ignore_cleanup_errors=True) as handed:
        folder = Path(handed)
        reader = _take()
        reading = _Reading(reader)
        sound = False
        try:
            watched(reading)
            place = source
            if isinstance(place, bytes):
                place = folder / "upload"
                place.write_bytes(source)  # type: ignore[arg-type]
            request = {"source": str(place.resolve()), "folder": str(folder), **vars(asked)}
            peak, answer = _wait(reading, request, asked.file, place.stat().st_size, memory or _most_memory())
            sound = peak < KEPT_MEMORY
        finally:
            reading.is_over = True
            (_give_back if sound else Reader.close)(reader)
        if "refused" in answer:
            raise AnalysisError(answer["refused"], **answer["facts"])
        return [_table(folder, place, number, told) for number, told in enumerate(answer["tables"])]


def _most_memory() -> int:
    import psutil

    return min(MOST_MEMORY, int(MOST_SHARE * psutil.virtual_memory().total))


def _wait(reading: _Reading, request: dict[str, Any], file: str, size: int, memory: int) -> tuple[int, dict[str, Any]]:
    """Wait for the answer while the process keeps to its limits; return the memory it took at most, and the answer."""
    import psutil

    peak, seconds = 0, SECONDS + SECONDS_PER_MB * size // 2**20
    begun = time.monotonic()
    try:
        process = psutil.Process(reading.reader.process.pid)
        used = _processor(process)
        answer = reading.reader.ask(request | {"memory": memory})
        while not answer.done():
            peak = max(peak, process.memory_info().rss)
            if peak > memory:
                raise AnalysisError("file_needs_memory", file=file, limit=round(memory / GB, 1))
            if _processor(process) - used > seconds or time.monotonic() - begun > PATIENCE * seconds:
                raise AnalysisError("file_takes_too_long", file=file, seconds=seconds)
            _pause(answer)
    except psutil.NoSuchProcess:
        answer = None
    line = b"" if answer is None else answer.result()
    if reading.is_stopped:
        raise StoppedError
    if not line:
        raise AnalysisError("file_ends_reader", file=file)
    return peak, json.loads(line)


def _processor(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _pause(answer: Future[bytes]) -> None:
    try:
        answer.result(LOOK_EVERY)
    except TimeoutError:
        return


def _rows(folder: Path, source: Path, number: int) -> pa.Table | Path:
    """Return rows that were handed over in memory or as a file, or the file that was read, where they stay."""
    import pyarrow as pa

    if (arrow := folder / f"{number}.arrow").is_file():
        with pa.OSFile(str(arrow)) as file, pa.ipc.open_file(file) as rows:
            return rows.read_all()
    if (written := folder / f"{number}.parquet").is_file():
        return written.replace(spool() / f"{uuid.uuid4().hex}.parquet")
    allow(source)
    return source


def _table(folder: Path, source: Path, number: int, told: dict[str, Any]) -> RawTable:
    rows = _rows(folder, source, number)
    surplus: Sequence[Sequence[Any]] = told.pop("surplus")
    told["read_as"] = tuple(ReadAs(*one) for one in told["read_as"])
    told |= {"columns": tuple(told["columns"]), "stored": tuple(map(tuple, told["stored"]))}
    return RawTable(**told, surplus=tuple(LeftOut(*left) for left in surplus), rows=rows)
