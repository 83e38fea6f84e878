"""What a command says on the way: sentences in the reader's language on stderr, so that stdout holds results alone."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from analysis.errors import AnalysisError
    from analysis.intake.reading.sources import Refused
    from analysis.study import StudyResult
    from texts import Language, Translator

MOST_NAMES = 8
OF_RECIPE = ("sources[", "'sources[", "cleaning.", "accepted[", "'accepted[", "as_of: ")  # how its lines begin


def language_of_machine() -> Language:
    """Return the language that the terminal is set to, English unless it is Chinese."""
    return "zh" if (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").lower().startswith("zh") else "en"


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

    def of_study(self, result: StudyResult) -> Translator:
        """Return the translator of a study: of its currency, and of what its trade calls customers."""
        from analysis.act.playbook.plays import called, found_trade
        from texts import translator

        trade = found_trade(result.standard.raws, result.recipe).trade
        return translator(self.language, result.recipe.money_in).calling(called(trade))

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

    def sentence(self, problem: AnalysisError) -> str:
        """Return what cannot be done in words."""
        from analysis.privacy.masks import masked_problem

        return masked_problem(problem).sentence(self.t)

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
