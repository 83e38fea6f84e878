"""``portrait app``: open the app in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

HIGHEST_PORT = 65_535


def add(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("app", help="open the app in the browser (also without any command)")
    parser.add_argument("--port", metavar="N", help="of the server, 1 to 65535; 0 takes any free one")
    parser.add_argument("--no-browser", action="store_true", help="start the server only")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME[:PORT]",
        help="a further name under which the app answers, as behind a proxy or a tunnel",
    )
    parser.add_argument(
        "--token", action="store_true", help="print an address with a token, and answer nobody without it"
    )
    parser.add_argument(
        "--address", default="localhost", metavar="A", help="where to listen; this computer alone when left out"
    )
    parser.add_argument(
        "--without-login", action="store_true", help="listen there although everybody who reaches it sees every study"
    )
    parser.set_defaults(command=app, serves=True)


def app(arguments: argparse.Namespace) -> int:
    """Serve the app until it is stopped."""
    port = _port(getattr(arguments, "port", None))
    from ui.launch import HOST, launch

    launch(
        port,
        open_browser=not getattr(arguments, "no_browser", False),
        address=getattr(arguments, "address", HOST),
        allow_hosts=getattr(arguments, "allow_host", []),
        token=getattr(arguments, "token", False),
        without_login=getattr(arguments, "without_login", False),
    )
    return 0


def _port(written: str | None) -> int | None:
    from analysis.errors import AnalysisError

    if written is None:
        return None
    if not (written.isascii() and written.isdigit()) or int(written) > HIGHEST_PORT:
        raise AnalysisError("port_out_of_range", port=written)
    return int(written)
