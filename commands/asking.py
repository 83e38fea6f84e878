"""What a command asks, and what it says that its figures rest on, each with the lines of the recipe that answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analysis.errors import AnalysisError
    from analysis.intake.decision import Decision
    from analysis.intake.judging.finding import Finding
    from analysis.intake.tables import RawTable
    from texts import Translator

MOST_ASKED = 3
LEFT_OUT = (  # findings
    "excluded_state", "no_customer", "no_date", "returns", "left_return", "zero_amounts", "left_zero_amount",
)  # fmt: skip


def asked(decisions: Sequence[Decision], findings: Sequence[Finding], t: Translator) -> tuple[int, list[str]]:
    """Return how many questions are open, and the first of them in lines with what answers them, then the guesses.

    Three questions at most are said: one that is answered may answer others. The lines of a recipe stand by themselves,
    to be copied as they are.
    """
    from analysis.intake.judging.deciding_words import answers, evidence_sentences, guess_sentence
    from analysis.intake.judging.words import finding_sentence

    open_ones = [one for one in decisions if one.is_question]
    told = {one.table + one.code.removesuffix("_guessed") for one in open_ones}
    others = [found for found in findings if found.ask and found.status == "open" and not _is_told(found, told)]
    said: list[str] = []
    for one in open_ones[:MOST_ASKED]:
        because = "; ".join(evidence_sentences(one, t))
        said.append(t("command.question", question=t("command.because", said=guess_sentence(one, t), because=because)))
        said += _answered(answers(one, t))
    for found in others[: MOST_ASKED - len(open_ones[:MOST_ASKED])]:
        said.append(t("command.question", question=finding_sentence(found, t)))
    guesses = [one for one in decisions if one.is_guess and not one.is_question]
    for one in guesses:
        because = "; ".join(evidence_sentences(one, t))
        said.append(t("command.guess", guess=t("command.because", said=guess_sentence(one, t), because=because)))
        said += _answered(answers(one, t))
    said += [_left_out(one, t) for one in findings if one.code in LEFT_OUT]
    if open_ones or guesses:
        said.append(t("command.paste"))
    return len(open_ones) + len(others), said


def _left_out(found: Finding, t: Translator) -> str:
    """Say what is left out with its money: whoever counts what is not paid yet, or guests, sees that it is not in."""
    from analysis.intake.judging.words import finding_sentence

    said = finding_sentence(found, t)
    return t("command.left_out_worth", said=said, money=found.money) if found.money else said


def ways_out(tables: Sequence[RawTable], problem: AnalysisError, t: Translator) -> list[str]:
    """Return the columns that may be the one a refusal asks for, each with the lines of the recipe that choose it."""
    from analysis.intake.judging.deciding_words import fix_lines
    from analysis.intake.judging.way_on import LACKING, read_as_orders, ways_on
    from analysis.intake.suggesting.suggest import inspect

    if problem.code not in LACKING:
        return []
    guesses = inspect(tables)
    place = read_as_orders(guesses, problem)
    if place is None:
        return []
    said = []
    for other in ways_on(guesses[place], place, problem):
        if other.choice == "customers":
            said.append(t("command.each_row_a_customer"))
        else:
            said.append(t("command.if_it_is", role=t(f"role.{LACKING[problem.code]}"), column=other.choice))
        said += fix_lines(other.fix, t) if other.fix else []
    return [*said, t("command.paste")]


def _answered(answers: Sequence[tuple[str, str]]) -> Iterator[str]:
    for words, lines in answers:
        yield f"  {words}"
        yield from lines.splitlines()


def _is_told(found: Finding, told: set[str]) -> bool:
    code = found.code.removesuffix("_guessed").removesuffix("_undecided")
    return found.table + code in told
