"""The front door for machines: ``portrait`` and the commands of ``commands/``. It computes nothing itself."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # what is imported here is imported before Ctrl-C can be answered
if TYPE_CHECKING:
    import argparse


DONE, FAILED, STOPPED, PIPE_CLOSED = 0, 2, 130, 141


def main(argv: list[str] | None = None) -> int:
    """Run a command.

    Returns
    -------
    int
        0 when it worked; 1 when some of the files could not be used; 2, with one plain line on stderr, when none could
        or when it did not work; 130 when it was stopped with Ctrl-C; 141 when nobody reads what it writes.
    """
    try:
        _speak_utf8()
        given = sys.argv[1:] if argv is None else argv
        arguments = _read(given)
        if arguments.version:
            return _tell_version()
        if arguments.serves:  # a server ends its own way
            return _answer(arguments)
        return _stoppable(arguments)
    except KeyboardInterrupt:
        return STOPPED


def _stoppable(arguments: argparse.Namespace) -> int:
    from commands.stopping import stoppable
    from commands.voice import as_text

    with stoppable() as stop, as_text():
        try:
            return _answer(arguments)
        except BaseException:
            if stop.is_asked:
                return STOPPED
            raise


def _answer(arguments: argparse.Namespace) -> int:
    import os

    from analysis.errors import AnalysisError, of_the_machine
    from commands.voice import Voice

    try:
        code = arguments.command(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Python would flush once more at its end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception as problem:
        refusal = problem if isinstance(problem, AnalysisError) else of_the_machine(problem)
        if refusal is None:
            raise
        Voice.of(arguments).refuse(refusal)
        # A file that could not be written complains once more when it is let go of, below.
        complain, sys.unraisablehook = sys.unraisablehook, lambda _: None
    sys.unraisablehook = complain
    return FAILED


def _speak_utf8() -> None:
    """Write UTF-8 whatever the terminal says: what it cannot show must not stop the work, or spoil a file."""
    import io

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _read(given: list[str]) -> argparse.Namespace:
    from commands.argument_words import with_command

    parser = _parser(given)
    return parser.parse_args(with_command(given, parser, "app"))


def _parser(given: list[str]) -> argparse.ArgumentParser:
    """Return the commands and options, told in the language that the arguments ask for."""
    import argparse

    from commands import (
        app,
        argument_words,
        audit,
        experiment,
        inspect,
        lists,
        recipe,
        reconcile,
        refresh,
        report,
        run,
        tags,
        workspace,
    )
    from texts import translator

    t = translator(argument_words.language_of(given))
    argument_words.speak(t)

    parser = argument_words.parser_class(t)(prog="portrait", description=t("help.portrait"))
    parser.set_defaults(command=app.app, serves=True)
    parser.add_argument("--version", action="store_true", help=t("help.version"))
    commands = parser.add_subparsers(metavar="COMMAND")
    for module in (app, inspect, recipe, run, refresh, report, reconcile, experiment, tags, lists, workspace, audit):
        module.add(commands, t)
    for one in argument_words.with_actions(parser):
        # Without a default, so that what stands before the command is not taken back by it.
        one.add_argument(
            *argument_words.LANGUAGE_OPTIONS, dest="language", choices=("en", "zh"), default=argparse.SUPPRESS,
            help=t("help.language"),
        )  # fmt: skip
        one.add_argument("--quiet", "-q", action="store_true", default=argparse.SUPPRESS, help=t("help.quiet"))
    return parser


def _tell_version() -> int:
    from importlib.metadata import version

    print(f"portrait {version('portrait')}")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
