"""Start the app's server on this machine and open the browser."""

from __future__ import annotations

import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from analysis.errors import AnalysisError
from ui.gate import Door, checked_hosts, is_loopback, new_token, open_door

ROOT = Path(__file__).resolve().parent.parent
FIRST_PORT = 8501
HOST = "localhost"
ANYWHERE = ("0.0.0.0", "::", "")


def launch(
    port: int | None = None,
    open_browser: bool = True,
    *,
    address: str = HOST,
    allow_hosts: Sequence[str] = (),
    token: bool = False,
    without_login: bool = False,
) -> None:
    """Serve the app on this machine until it is stopped.

    Parameters
    ----------
    port : int, optional
        1..65535, or 0 for any free one; without it the first free port from 8501.
    open_browser : bool
        Open the reader's browser once the server answers.
    address : str
        Where to listen: this machine alone unless told otherwise.
    allow_hosts : sequence of str
        Further names, ``name`` or ``name:port``, under which the app answers; loopback names always do.
    token : bool
        Print an address with a token, and answer only browsers that have brought it.
    without_login : bool
        Listen on an address that others can reach although anybody who reaches it sees every study.

    Raises
    ------
    AnalysisError
        ``port_taken`` when the port, or every port tried, is in use; ``port_not_allowed`` when only an administrator
        may use it; ``address_without_login`` (address) when others could reach the app and neither a token nor
        ``without_login`` is given; ``host_unreadable`` (host).

    Examples
    --------
    >>> launch(8600, open_browser=False)  # doctest: +SKIP
    """
    hosts = checked_hosts(allow_hosts)
    if not is_loopback(address):
        if not (token or without_login):
            raise AnalysisError("address_without_login", address=address)
        hosts = (*hosts, *own_names(address))
    port = _free_port(port)
    secret = new_token() if token else None
    open_door(Door(hosts, secret, shared=not is_loopback(address)))
    shown = HOST if is_loopback(address) else next(iter(allow_hosts), address)
    shown = f"http://{shown if ':' in shown else f'{shown}:{port}'}/" + (f"?token={secret}" if secret else "")
    if secret:
        print(f"portrait: {shown}", file=sys.stderr, flush=True)  # noqa: T201
    # App.run() looks for .streamlit/config.toml beside the launcher; that is app.py, whatever command called us.
    sys.argv = [str(ROOT / "app.py")]
    from app import app

    if open_browser:
        threading.Thread(
            target=_open_when_ready, args=(port, shown, HOST if address in ANYWHERE else address), daemon=True
        ).start()
    app.run(
        config={
            "server.port": port,
            "server.address": address,
            "server.headless": True,
            "server.fileWatcherType": "none",
        }
    )


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


def _answers(port: int, host: str = HOST) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def own_names(address: str) -> tuple[str, ...]:
    """Return the names under which others reach a server that listens on an address."""
    if address not in ANYWHERE:
        return checked_hosts([f"[{address}]" if ":" in address else address])
    name = socket.gethostname()
    try:
        found = {str(one[4][0]).partition("%")[0] for one in socket.getaddrinfo(name, None)}
    except OSError:
        found = set()
    return checked_hosts([name, *(f"[{one}]" if ":" in one else one for one in sorted(found))])


def _open_when_ready(port: int, shown: str, host: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if _answers(port, host):
            webbrowser.open(shown)
            return
        time.sleep(0.1)
