"""The words that Python's argparse puts around the options of a command, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands.voice import language_of_machine

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def speak(t: Translator) -> None:
    """Let argparse speak a language; what a later Python says in other words stays English."""
    import argparse

    from texts import translator

    library = translator("en")
    said = {library(f"argparse.{key}"): t(f"argparse.{key}") for key in KEYS}
    # It asks gettext for every message, and would want a compiled catalogue of its own.
    setattr(argparse, "_", lambda message: said.get(message, message))  # noqa: B010
