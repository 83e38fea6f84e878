"""Start the app's server on this machine and open the browser."""

from __future__ import annotations

import socket
import sys
import threading
import time
import webbrowser
from pathlib import Path

from analysis.errors import AnalysisError

ROOT = Path(__file__).resolve().parent.parent
FIRST_PORT = 8501
HOST = "localhost"


def launch(port: int | None = None, open_browser: bool = True) -> None:
    """Serve the app on localhost until it is stopped.

    Parameters
    ----------
    port : int, optional
        1..65535, or 0 for any free one; without it the first free port from 8501.
    open_browser : bool
        Open the reader's browser once the server answers.

    Raises
    ------
    AnalysisError
        ``port_taken`` when the port, or every port tried, is in use; ``port_not_allowed`` when only an administrator
        may use it.

    Examples
    --------
    >>> launch(8600, open_browser=False)  # doctest: +SKIP
    """
    port = _free_port(port)
    # App.run() looks for .streamlit/config.toml beside the launcher; that is app.py, whatever command called us.
    sys.argv = [str(ROOT / "app.py")]
    from app import app

    if open_browser:
        threading.Thread(target=_open_when_ready, args=(port,), daemon=True).start()
    app.run(config={"server.port": port, "server.headless": True, "server.fileWatcherType": "none"})


def _free_port(port: int | None) -> int:
    if port == 0:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            return probe.getsockname()[1]
    candidates = range(FIRST_PORT, FIRST_PORT + 50) if port is None else (port,)
    for candidate in candidates:
        if _is_free(candidate):
            return candidate
    raise AnalysisError("port_taken", port=str(candidates[0]))


def _is_free(port: int) -> bool:
    if _answers(port):
        return False
    with socket.socket() as probe:
        if sys.platform != "win32":  # a server that has just ended still holds its port for a while
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as problem:
            raise AnalysisError("port_not_allowed", port=str(port)) from problem
        except OSError:
            return False
    return True


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def _open_when_ready(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if _answers(port):
            webbrowser.open(f"http://{HOST}:{port}")
            return
        time.sleep(0.1)
