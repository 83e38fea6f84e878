"""The one error that the engine raises on purpose: a code and the facts, never a sentence."""

from __future__ import annotations

from typing import Any


class AnalysisError(Exception):
    """What cannot be done, as a code and facts; the sentence is in ``texts/errors.toml`` under ``error.<code>``.

    Parameters
    ----------
    code : str
        A key such as ``"rfm_too_few_customers"``.
    **facts
        Values for the blanks of the sentence: numbers, dates, names of columns or files.

    Examples
    --------
    >>> AnalysisError("rfm_too_few_customers", n_customers=3, n_scores=5).code
    'rfm_too_few_customers'
    """

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code}({facts})"
