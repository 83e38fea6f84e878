"""What a person has said of the personal data of a study: what it is for, how long it is kept, who else gets it."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from analysis.params import Params


class DataCare(Params):
    """How personal data of a study is cared for, as a person has put it down.

    Attributes
    ----------
    purpose, recipients, measures : str
        What it is used for; who else receives it; what was decided about open points. Words of the reader.
    keep_until : date, optional
        The last day on which the study may be kept. Past it, a person is told; nothing is deleted by itself.
    next_assessment : date, optional
        When the impact on privacy is assessed again.
    contact_confirmed : date, optional
        The day on which a person confirmed that customers may be contacted, where no column says anything about it.

    Examples
    --------
    >>> care = DataCare(keep_until=date(2026, 6, 30))
    >>> care.is_past(date(2026, 6, 30)), care.is_past(date(2026, 7, 1))
    (False, True)
    """

    purpose: str = Field(default="", max_length=4000)
    recipients: str = Field(default="", max_length=4000)
    measures: str = Field(default="", max_length=4000)
    keep_until: date | None = None
    next_assessment: date | None = None
    contact_confirmed: date | None = None

    def is_past(self, today: date) -> bool:
        """Say whether the data is kept longer than it may be."""
        return self.keep_until is not None and today > self.keep_until
