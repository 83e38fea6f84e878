"""A Streamlit app of its own process, served for as long as a benchmark needs it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from benchmarks.measure import ENVIRONMENT

PATIENCE = 60  # seconds until it answers


class Served(NamedTuple):
    """A server that answers."""

    pid: int
    port: int

    @property
    def address(self) -> str:
        """Return what a browser is told."""
        return f"http://127.0.0.1:{self.port}/"


@contextmanager
def serving(app: Path, home: Path, *options: str, log: IO[str] | int = subprocess.DEVNULL) -> Generator[Served]:
    """Start an app with a home of its own, wait until it answers, and end it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.headless=true", *options]
    command += ["--server.address=127.0.0.1", f"--server.port={port}", "--browser.gatherUsageStats=false"]
    environment = {**ENVIRONMENT, "PORTRAIT_HOME": str(home)}
    environment.pop("PORTRAIT_DATABASE_URL", None)
    server = subprocess.Popen(command, cwd=app.parent, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).read()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        yield Served(server.pid, port)
    finally:
        server.terminate()
        server.wait(20)
