"""Many visitors of one server at once: no errors, nothing of another seen, no more work a page, memory given back.

Each visitor speaks to the server as a browser does, has a study of its own whose customers, products and names carry a
mark, and opens one page after the other. ``python -m benchmarks load 10`` lets 20 of them come and go for 10 minutes.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

from benchmarks.measure import ROOT
from benchmarks.serving import serving

if TYPE_CHECKING:
    import psutil

SESSIONS = 20
MINUTES = 10
PAGES = ("overview", "rfm", "lifecycle", "compare", "check", "personas")
PATIENCE = 300  # seconds for one page, with many others
STORED = 170  # seconds: a session that lost its window is kept for two minutes, and then let go of
WINDOW = 60  # pages whose processor time is looked at together: many times those that are under way at once


@dataclass
class Found:
    """What became of the visits."""

    pages: int = 0
    errors: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)


class Watched:
    """A server of its own with a fresh home, and what it costs."""

    def __init__(self, process: psutil.Process, port: int) -> None:
        self.process, self.port = process, port

    def processor(self) -> float:
        """Return the seconds of the processor, those of reading apart too."""
        times = self.process.cpu_times()
        return times.user + times.system + times.children_user + times.children_system

    def megabytes(self) -> float:
        """Return the resident memory of the server."""
        return self.process.memory_info().rss / 2**20


@contextmanager
def server(home: Path) -> Generator[Watched]:
    """Start the app and end it."""
    import psutil

    with (
        (home.parent / "server.log").open("w") as log,
        serving(ROOT / "app.py", home, "--server.fileWatcherType=none", log=log) as served,
    ):
        yield Watched(psutil.Process(served.pid), served.port)


def mark_of(number: int) -> str:
    """Return what stands in every name and cell of one visitor's study."""
    return f"zq{number:03}mark"


def studies(home: Path, n: int) -> list[str]:
    """Keep a study for each visitor and return their ids."""
    from analysis.intake.reading.read import read_file
    from analysis.workspace import Workspace, desk

    workspace = Workspace.open(home)
    found = []
    for number in range(n):
        mark = mark_of(number)
        rows = "".join(
            f"{mark}-{i % 90},2024-{i % 12 + 1:02}-{i % 27 + 1:02},{i * (number + 3) % 97 + 1},{mark} tea {i % 5}\n"
            for i in range(600)
        )
        content = f"customer_id,order_date,amount,product\n{rows}".encode()
        tables = read_file(content, name=f"{mark}.csv")
        found.append(desk.begin(workspace, tables, name=mark, originals=[content]))
    workspace.close()
    return found


class Visitor:
    """One window of a browser, without the browser: it is open within ``with Visitor.at(…)``."""

    def __init__(self, socket: Any, study: str, number: int, n: int) -> None:
        self.socket, self.study = socket, study
        self.own = mark_of(number).encode()
        self.others = [mark_of(other).encode() for other in range(n) if other != number]

    @classmethod
    @contextmanager
    def at(cls, port: int, ids: Sequence[str], number: int) -> Generator[Visitor]:
        """Open a window of one visitor and close it."""
        from websockets.sync.client import connect
        from websockets.typing import Origin, Subprotocol

        with connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            origin=Origin(f"http://127.0.0.1:{port}"),
            subprotocols=[Subprotocol("streamlit")],
            proxy=None,
            max_size=None,
            ping_timeout=None,
            open_timeout=PATIENCE,
        ) as socket:
            yield cls(socket, ids[number], number, len(ids))

    def open(self, page: str, found: Found) -> None:
        """Open a page of the study and wait until it is drawn."""
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        asked = BackMsg()
        asked.rerun_script.query_string = f"study={self.study}&lang=en"
        asked.rerun_script.page_name = page
        self.socket.send(asked.SerializeToString())
        is_own = False
        while True:
            received = self.socket.recv(PATIENCE)
            content = received if isinstance(received, bytes) else received.encode()
            message = ForwardMsg()
            message.ParseFromString(content)
            is_own = is_own or self.own in content
            if any(mark in content for mark in self.others):
                found.leaks.append(page)
            if message.delta.new_element.exception.type:
                found.errors.append(f"{page}: {message.delta.new_element.exception.type}")
            if message.HasField("page_not_found"):
                found.errors.append(f"{page}: not found")
            if message.HasField("script_finished"):
                # Another run follows where the script asked for one.
                if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                if message.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
                    found.errors.append(f"{page}: ended with {message.script_finished}")
                if not is_own:
                    found.errors.append(f"{page}: shows nothing of its study")
                found.pages += 1
                return


def visit(
    port: int,
    ids: list[str],
    number: int,
    until: float,
    found: Found,
    *,
    pages: Sequence[str] = PAGES,
    rounds: int | None = None,
) -> None:
    """Open the pages in turn until a moment, or so many times; come back as a new visitor after each round."""
    done = 0
    while (time.monotonic() < until) if rounds is None else (done < rounds):
        try:
            with Visitor.at(port, ids, number) as visitor:
                for place in range(len(pages)):
                    visitor.open(pages[(place + number) % len(pages)], found)
        except Exception as problem:
            found.errors.append(f"{type(problem).__name__}: {str(problem)[:100]}")
        done += 1


def together(
    watched: Watched,
    ids: list[str],
    found: Found,
    *,
    minutes: float = 0,
    pages: Sequence[str] = PAGES,
    rounds: int | None = None,
) -> None:
    """Let all visitors come at once."""
    until = time.monotonic() + minutes * 60
    threads = [
        threading.Thread(
            target=visit, args=(watched.port, ids, number, until, found), kwargs={"pages": pages, "rounds": rounds}
        )
        for number in range(len(ids))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def p95(values: list[float]) -> float:
    """Return the value that 95 % do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))] if ordered else float("nan")


def main() -> None:
    """Print errors, leaks, processor time a page alone and together, and the memory before and after."""
    minutes = next((int(word) for word in sys.argv if word.isdigit()), MINUTES)
    with tempfile.TemporaryDirectory() as folder, server(Path(folder) / "home") as watched:
        ids = studies(Path(folder) / "home", SESSIONS)
        found, alone, many = Found(), [], []
        for number in range(SESSIONS):  # what every first visit computes is kept for those who follow
            visit(watched.port, ids, number, 0, found, rounds=1)
        with Visitor.at(watched.port, ids, 0) as visitor:
            for _ in range(3):
                before, pages = watched.processor(), found.pages
                for page in PAGES * (WINDOW // len(PAGES)):
                    visitor.open(page, found)
                alone.append((watched.processor() - before) / (found.pages - pages))
        time.sleep(STORED)
        memory = watched.megabytes()
        crowd = threading.Thread(target=together, args=(watched, ids, found), kwargs={"minutes": minutes})
        crowd.start()
        before, pages = watched.processor(), found.pages
        while crowd.is_alive():
            crowd.join(0.2)
            if found.pages - pages >= WINDOW:
                many.append((watched.processor() - before) / (found.pages - pages))
                before, pages = watched.processor(), found.pages
        peak = watched.megabytes()
        time.sleep(STORED)
        after = watched.megabytes()
    print(f"{SESSIONS} sessions, {minutes} minutes, {os.cpu_count()} cores: {found.pages} pages")
    print(f"errors {len(found.errors)} {sorted(set(found.errors))[:5]}, leaks {len(found.leaks)}")
    for name, of in (("mean", mean), ("p95", p95)):
        print(
            f"processor a page, {name}: alone {of(alone):.2f} s, together {of(many):.2f} s: {of(many) / of(alone):.2f}"
        )
    print(f"  of {len(alone)} and {len(many)} times {WINDOW} pages")
    print(f"memory: {memory:.0f} MB before, {peak:.0f} at the end, {after:.0f} after ({after / memory - 1:+.0%})")


if __name__ == "__main__":
    main()
