"""``portrait app``: open the app in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from texts import Translator

HIGHEST_PORT = 65_535


def add(commands: Any, t: Translator) -> None:
    """Declare the command."""
    parser = commands.add_parser("app", help=t("help.app"))
    parser.add_argument("--port", metavar="N", help=t("help.app.port"))
    parser.add_argument("--no-browser", action="store_true", help=t("help.app.no_browser"))
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME[:PORT]",
        help=t("help.app.allow_host"),
    )
    parser.add_argument("--token", action="store_true", help=t("help.app.token"))
    parser.add_argument("--address", default="localhost", metavar="A", help=t("help.app.address"))
    parser.add_argument("--without-login", action="store_true", help=t("help.app.without_login"))
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
