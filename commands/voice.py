"""What a command says on the way: sentences in the reader's language on stderr, so that stdout holds results alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from analysis.act.playbook.plays import PlaySettings
    from analysis.errors import AnalysisError
    from analysis.intake.reading.sources import Refused
    from analysis.intake.tables import RawTable
    from analysis.recipe import Recipe
    from analysis.study import StudyResult
    from texts import Language, Translator

MOST_NAMES = 8
# Controls but for the ends of lines and tabs, and what turns the direction of writing.
_COMMANDS = dict.fromkeys(
    {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)} - {0x09, 0x0A},
    "\N{REPLACEMENT CHARACTER}",
)
OF_RECIPE = ("sources[", "'sources[", "cleaning.", "accepted[", "'accepted[", "as_of: ")  # how its lines begin


def language_of_machine() -> Language:
    """Return the language that the terminal is set to, English unless it is Chinese."""
    return "zh" if (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").lower().startswith("zh") else "en"


class _Text:
    """A terminal that shows what would command it: names and cells are data of somebody."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text with a mark in place of each character that moves the cursor, colours or turns the line."""
        return self._stream.write(text.translate(_COMMANDS))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def as_text() -> Generator[None]:
    """Let what is written to a terminal command nothing; files and pipes get every character as it is."""
    out: Any = _Text(sys.stdout) if sys.stdout.isatty() else sys.stdout
    error: Any = _Text(sys.stderr) if sys.stderr.isatty() else sys.stderr
    with redirect_stdout(out), redirect_stderr(error):
        yield


@dataclass(frozen=True)
class Voice:
    """Speaks one language; ``quiet`` leaves only what did not work."""

    language: Language
    quiet: bool = False

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> Voice:
        """Return the voice that the arguments ask for."""
        language = getattr(arguments, "language", None) or language_of_machine()
        return cls(language, quiet=getattr(arguments, "quiet", False))

    @cached_property
    def t(self) -> Translator:
        """The translator of this language."""
        from texts import translator

        return translator(self.language)

    def of_study(self, result: StudyResult, plays: PlaySettings | None = None) -> Translator:
        """Return the translator of a study: of its currency, and of what its trade calls customers."""
        return self.of_tables(result.standard.raws, result.recipe, plays)

    def of_tables(
        self, tables: Iterable[RawTable], recipe: Recipe | None, plays: PlaySettings | None = None
    ) -> Translator:
        """Return the translator of a study that is not computed, or of a kept one with the trade that was chosen."""
        from analysis.act.playbook.plays import PlaySettings, called, found_trade, used_trade
        from analysis.recipe import Recipe
        from texts import translator

        recipe = recipe or Recipe()
        trade = used_trade(found_trade(tables, recipe), plays or PlaySettings())
        return translator(self.language, recipe.money_in).calling(called(trade))

    def say(self, text: str) -> None:
        """Tell how the work goes."""
        if not self.quiet:
            print(f"portrait: {text}", file=sys.stderr, flush=True)

    def tell(self, lines: Sequence[str]) -> None:
        """Tell what stands in lines; those of a recipe stand by themselves, so that they can be copied."""
        for line in lines:
            if not line.startswith(OF_RECIPE):
                self.say(line)
            elif not self.quiet:
                print(line, file=sys.stderr, flush=True)

    def sentence(self, problem: AnalysisError, t: Translator | None = None) -> str:
        """Return what cannot be done in words, those of ``t`` where a study is known."""
        from analysis.privacy.masks import masked_problem

        return masked_problem(problem).sentence(t or self.t)

    def refuse(self, problem: AnalysisError) -> None:
        """Say what cannot be done."""
        print(self.sentence(problem), file=sys.stderr, flush=True)

    def named(self, refused: Refused) -> str:
        """Return why a source cannot be read, with its name."""
        sentence = self.sentence(refused.problem)
        return sentence if refused.file in sentence else f"{refused.file}: {sentence}"

    def names(self, files: Sequence[str]) -> str:
        """Name files, the first of many."""
        shown = ", ".join(files[:MOST_NAMES])
        more = len(files) - MOST_NAMES
        return self.t("command.and_more", files=shown, n=more) if more > 0 else shown
