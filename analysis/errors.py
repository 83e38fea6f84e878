"""The one error that the engine raises on purpose: a code and the facts, never a sentence.

What the machine cannot do (a full disk, too little memory, a limit of the system) is told apart from errors of ours.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from typing import Any, Protocol

KNOWN, FIELD = "known", "field"
_NAMES = "\ue000"  # stands in a sentence that says the known names itself, until they are written
MOST_NAMES = 20
_CODES = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EFBIG: "file_size_limited",
    errno.EMFILE: "too_many_open_files",
    errno.ENFILE: "too_many_open_files",
}
# Whose errors quote what the system said, without its number.
_LIBRARIES = ("_duckdb", "duckdb", "pyarrow")


class Sentences(Protocol):
    """What an error asks of a translator (``translate.Translate`` is one): its language, and texts by their key."""

    @property
    def language(self) -> str:
        """``"en"`` or ``"zh"``."""
        ...

    def __call__(self, key: str, /, **facts: Any) -> str:
        """Return the text of a key with its blanks filled."""
        ...


class AnalysisError(Exception):
    """What cannot be done, as a code and facts; the sentence is in ``texts/errors.toml`` under ``error.<code>``.

    Parameters
    ----------
    code : str
        A key such as ``"rfm_too_few_customers"``.
    **facts
        Values for the blanks of the sentence: numbers, dates, names of columns or files. ``known`` lists the names
        that would have been right, where a name was wrong; ``field`` says where it stands, and is no name itself.

    Examples
    --------
    >>> AnalysisError("rfm_too_few_customers", n_customers=3, n_scores=5).code
    'rfm_too_few_customers'
    >>> print(AnalysisError("clusters_unknown_feature", feature="spent", known=("n_orders", "spend")))
    clusters_unknown_feature(feature='spent', known=('n_orders', 'spend')); did you mean 'spend'?
    >>> from texts import translator
    >>> AnalysisError("experiment_unknown_metric", metric="spent", known=("spend",)).sentence(translator("en"))
    'The experiment has no metric spent. Did you mean “spend”? Names known here: spend.'
    """

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process with code and facts."""
        return _again, (type(self), self.code, self.facts)

    @property
    def nearest(self) -> str | None:
        """The known name that was most likely meant, None when there is none like it."""
        known = self.facts.get(KNOWN, ())
        asked = [fact for name, fact in self.facts.items() if name not in (KNOWN, FIELD) and isinstance(fact, str)]
        return next((found for fact in asked if (found := nearest_name(fact, known))), None)

    def sentence(self, t: Sentences) -> str:
        """Return what cannot be done in the reader's language, with the names that would have been right."""
        known = ", ".join(_first(self.facts.get(KNOWN, ()))) or "–"
        said = t(f"error.{self.code}", **self.facts | ({KNOWN: _NAMES} if KNOWN in self.facts else {}))
        parts = [said.replace(_NAMES, known)]
        if self.nearest:
            parts.append(t("app.did_you_mean", name=self.nearest))
        if self.facts.get(KNOWN) and _NAMES not in said:
            parts.append(t("app.known_names", names=known))
        return (" " if t.language == "en" else "").join(parts)

    def __str__(self) -> str:
        facts = self.facts | ({KNOWN: tuple(_first(self.facts[KNOWN]))} if KNOWN in self.facts else {})
        told = ", ".join(f"{name}={value!r}" for name, value in facts.items())
        return f"{self.code}({told})" + (f"; did you mean {self.nearest!r}?" if self.nearest else "")


class ChoiceError(AnalysisError, ValueError):
    """A choice that cannot be. Params raise it, and so do their validators, with what they know of their own fields."""

    @property
    def field(self) -> str:
        """Where in the choices it stands, such as ``"segmentations[1].params.k"``; empty for the choices as a whole."""
        return self.facts.get(FIELD, "")


def of_the_machine(problem: BaseException) -> AnalysisError | None:
    """Return the refusal for what the machine cannot do, or for a file that cannot be used; None for an error of ours.

    Examples
    --------
    >>> of_the_machine(OSError(errno.ENOSPC, "No space left on device"))
    AnalysisError('disk_full', {})
    >>> of_the_machine(ZeroDivisionError())
    """
    link: BaseException | None = problem
    while link is not None:  # libraries wrap what the system said
        if code := _code(link):
            return AnalysisError(code)
        link = link.__cause__ or link.__context__
    if isinstance(problem, OSError):
        what = ": ".join(str(part) for part in (problem.strerror or problem, problem.filename) if part)
        return AnalysisError("system_refused", problem=what)
    return None


def _code(problem: BaseException) -> str | None:
    if isinstance(problem, MemoryError) or type(problem).__name__ == "OutOfMemoryException":
        return "out_of_memory"
    if isinstance(problem, OSError) and problem.errno in _CODES:
        return _CODES[problem.errno]
    if isinstance(problem, OSError) or type(problem).__module__.partition(".")[0] in _LIBRARIES:
        said = str(problem)
        return next((code for number, code in _CODES.items() if os.strerror(number) in said), None)
    return None


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like this one, whatever its case, or None.

    Examples
    --------
    >>> nearest_name("Spend", ["n_orders", "spend"]), nearest_name("colour", ["n_orders", "spend"])
    ('spend', None)
    """
    from difflib import get_close_matches

    folded = {each.casefold(): each for each in known}
    found = get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def _first(names: Iterable[str]) -> list[str]:
    listed = list(names)
    return [*listed[:MOST_NAMES], "…"] if len(listed) > MOST_NAMES else listed


def _again(kind: type[AnalysisError], code: str, facts: dict[str, Any]) -> AnalysisError:
    return kind(code, **facts)
