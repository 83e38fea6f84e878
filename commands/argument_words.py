"""The words that Python's argparse puts around the options of a command, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from commands.voice import language_of_machine

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from texts import Language, Translator

LANGUAGE_OPTIONS = ("--lang", "--language")
# Texts under ``argparse.<key>``; in English they are the library's own, by which it asks for them.
KEYS = (
    "usage", "positionals", "options", "help", "error", "argument", "command_unknown", "required", "one_required",
    "unrecognized", "not_with", "explicit", "one_value", "at_most_one", "at_least_one", "ambiguous", "invalid_value",
    "invalid_choice",
)  # fmt: skip


def language_of(arguments: Sequence[str]) -> Language:
    """Return the language that arguments ask for, before they are read: it is that of the help, and of what is wrong.

    Examples
    --------
    >>> language_of(["run", "--lang", "zh"]), language_of(["--language=en"])
    ('zh', 'en')
    """
    for place, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name in LANGUAGE_OPTIONS:
            chosen = value or "".join(arguments[place + 1 : place + 2])
            if chosen == "zh":
                return "zh"
            if chosen == "en":
                return "en"
    return language_of_machine()


def parser_class(t: Translator) -> type[argparse.ArgumentParser]:
    """Return a parser that says which command, option or choice may have been meant."""
    import argparse

    from analysis.errors import nearest_name

    def meant(name: str, known: Iterable[str]) -> str:
        near = nearest_name(name, known)
        return "" if near is None else " " + t("app.did_you_mean", name=near)

    class Parser(argparse.ArgumentParser):
        def _check_value(self, action: argparse.Action, value: Any) -> None:
            try:
                super()._check_value(action, value)
            except argparse.ArgumentError as refused:
                refused.message += meant(str(value), map(str, action.choices or ()))
                raise

        def parse_args(self, args: Any = None, namespace: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
            found, unknown = self.parse_known_args(args, namespace)
            if unknown:
                option = next((one.partition("=")[0] for one in unknown if one.startswith("--")), None)
                known = sorted(options_of(self))
                # One that another command has is written right already.
                hint = "" if option is None or option in known else meant(option, known)
                self.error(t("argparse.unrecognized") % " ".join(unknown) + hint)
            return found

    return Parser


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """Return the options of a parser and of all its commands."""
    found: set[str] = set()
    for one in with_actions(parser):
        found |= {name for action in one._actions for name in action.option_strings}
    return found


def with_command(given: Sequence[str], parser: argparse.ArgumentParser, instead: str) -> list[str]:
    """Return arguments with a command: options of ``instead`` that stand without any are its own.

    Examples
    --------
    >>> import argparse
    >>> parser = argparse.ArgumentParser()
    >>> commands = parser.add_subparsers()
    >>> _ = commands.add_parser("app").add_argument("--port"), commands.add_parser("run")
    >>> with_command(["--port", "9000"], parser, "app"), with_command(["run", "--port"], parser, "app")
    (['app', '--port', '9000'], ['run', '--port'])
    """
    commands = next(action.choices for action in parser._actions if isinstance(action.choices, dict))
    everywhere = {name for action in parser._actions for name in action.option_strings}
    own = options_of(commands[instead]) - everywhere
    names = {one.partition("=")[0] for one in given}
    return [instead, *given] if names & own and not names & set(commands) else list(given)


def with_actions(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Go through a parser, its commands, and the actions of a command that has some."""
    yield parser
    for action in parser._actions:
        if isinstance(action.choices, dict):  # commands by name; the choices of an option are a list
            for inner in dict.fromkeys(action.choices.values()):
                yield from with_actions(inner)


def speak(t: Translator) -> None:
    """Let argparse speak a language; what a later Python says in other words stays English."""
    import argparse

    from texts import translator

    library = translator("en")
    said = {library(f"argparse.{key}"): t(f"argparse.{key}") for key in KEYS}
    # It asks gettext for every message, and would want a compiled catalogue of its own.
    setattr(argparse, "_", lambda message: said.get(message, message))  # noqa: B010
