"""Notes of what a prediction leaves out, and of names to leave out that nothing has."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import date
from typing import TYPE_CHECKING

from analysis.notes import Note

if TYPE_CHECKING:
    from analysis.intake.tables import StandardTables


def later_rows(standard: StandardTables, kinds: Sequence[str], as_of: date) -> tuple[Note, ...]:
    """Return the note that rows of records after a day are left out; none where there are none.

    Parameters
    ----------
    standard : StandardTables
    kinds : sequence of str
        Of records: ``events``, ``feedback``, ``referrals``, ``contacts``; what the study does not have counts none.
    as_of : date

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.study import begin, read
    >>> frame = pd.DataFrame({"customer id": ["a", "b"], "event time": ["2024-05-01", "2024-06-01"], "event": "see"})
    >>> later_rows(begin(read(frame)).prepared().standard, ["events", "contacts"], date(2024, 5, 31))[0].facts["n"]
    1
    """
    import narwhals as nw

    n = 0
    for kind in kinds:
        if kind in standard.record_roles:
            later = standard.records(kind).filter(nw.col("date") > as_of)
            n += int(later.select(n=nw.len()).collect("pyarrow")["n"][0])
    return (Note("later_left_out", {"n": n, "day": as_of}, "check"),) if n else ()


def unknown_names(left_out: Sequence[str], known: Container[str]) -> tuple[Note, ...]:
    """Return the note that names which a person leaves out are those of nothing; none where all are known.

    Examples
    --------
    >>> unknown_names(("tea", "nope"), {"tea", "cup"})[0].facts, unknown_names(("tea",), {"tea"})
    ({'names': 'nope'}, ())
    """
    unknown = [name for name in left_out if name not in known]
    return (Note("left_out_unknown", {"names": ", ".join(unknown)}, "check"),) if unknown else ()
