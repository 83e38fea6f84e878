"""The log of what was done with personal data: who, when, what; each entry holds the hash of those before it.

An entry that is changed, dropped or moved breaks the chain. The last entries could be cut off unseen, so the count and
the hash of the last one also stand in a file beside the mark of the workspace. No entry holds a personal value.

References
----------
Haber & Stornetta (1991), How to time-stamp a digital document: linking.
"""

from __future__ import annotations

import csv
import getpass
import hashlib
import io
import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import sqlalchemy as sa
from pydantic import Field

from analysis.errors import ChoiceError
from analysis.params import Params
from analysis.privacy.masks import mask_text
from analysis.workspace import database, studies
from analysis.workspace.home import HEAD
from analysis.workspace.schema import audit

if TYPE_CHECKING:
    from analysis.intake.tables import RawTable

Action = Literal[
    "uploaded", "imported", "unmasked", "exported", "removed", "deleted", "forgotten", "encrypted", "rekeyed"
]
ACTIONS: tuple[Action, ...] = get_args(Action)
FIRST = "0" * 64  # what stands before the first entry
LONGEST = 200  # characters of a fact
COLUMNS = ("position", "at", "who", "action", "study_id", "facts", "hash")


@dataclass(frozen=True)
class Entry:
    """One thing that was done.

    Attributes
    ----------
    position : int, from 1
    at : datetime, UTC
    who : str
        The name by which the system knows the person.
    study_id : str or None
        May name a study that is deleted by now.
    facts : mapping of str to text or number
        What exactly: a file's number of rows, a reason, an export's kind and filters. No personal value.
    hash : str, 64 hexadecimal digits
        SHA-256 of the hash before and of everything above.
    """

    position: int
    at: datetime
    who: str
    action: Action
    study_id: str | None
    facts: Mapping[str, Any]
    hash: str


class Head(Params):
    """Where the chain ended when it was last written to, kept beside the database."""

    count: int = Field(ge=0)
    hash: str = Field(pattern=r"^[0-9a-f]{64}$")


class AuditFilter(Params):
    """Which entries are wanted; everything that is left open lets all pass.

    ``since`` and ``until`` are days in UTC, both inside.
    """

    actions: tuple[Action, ...] = ()
    who: str | None = Field(default=None, max_length=200)
    study_id: str | None = Field(default=None, max_length=32)
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold.

    ``code``: ``changed`` (the entry is not the one that was written here, or does not stand where it stood),
    ``dropped`` (an entry is missing here), ``cut`` (the last entries from here on are gone), ``head_lost`` (the file
    with the end of the chain is gone or is none, so that nobody knows whether the last entries are all there).
    """

    code: Literal["changed", "dropped", "cut", "head_lost"]
    position: int


@dataclass(frozen=True)
class AuditReport:
    """What ``verify`` found: the number of entries, and every break in their order."""

    n: int
    breaks: tuple[Break, ...] = field(default=())

    @property
    def is_whole(self) -> bool:
        """Whether every entry is as it was written, and none is missing."""
        return not self.breaks


def who_is_it() -> str:
    """Return the name by which the system knows who runs this process."""
    try:
        return getpass.getuser()[:LONGEST]
    except (OSError, KeyError, ImportError):  # a container may know no names
        return "unknown"


def append(connection: sa.Connection, action: Action, study_id: str | None = None, **facts: Any) -> None:
    """Add an entry inside ``auditing``; what is personal in its facts is masked, missing facts are left out."""
    last = connection.execute(sa.select(audit).order_by(audit.c.position.desc()).limit(1)).mappings().first()
    row: dict[str, Any] = {
        "position": last["position"] + 1 if last else 1,
        "at": studies.now(),
        "who": who_is_it(),
        "action": action,
        "study_id": study_id,
        "facts": _text({key: _short(value) for key, value in facts.items() if value is not None}),
    }
    row["hash"] = _hash(last["hash"] if last else FIRST, row)
    connection.execute(sa.insert(audit).values(**row))


def uploaded(connection: sa.Connection, study_id: str, tables: Iterable[RawTable]) -> None:
    """Add an entry for each file of some raw tables: its name, its rows, its sheets."""
    files: dict[str, list[RawTable]] = {}
    for table in tables:
        files.setdefault(table.fingerprint, []).append(table)
    for fingerprint, sheets in files.items():
        rows = sum(table.n_read for table in sheets)
        facts = {"file": sheets[0].file, "rows": rows, "sheets": len(sheets), "fingerprint": fingerprint}
        append(connection, "uploaded", study_id, **facts)


@contextmanager
def auditing(engine: sa.Engine, home: Path) -> Generator[sa.Connection]:
    """A write transaction, as ``database.writing``, in which entries may be added; its end of the chain is kept."""
    with database.writing(engine) as connection:
        yield connection
        last = sa.select(audit.c.position, audit.c.hash).order_by(audit.c.position.desc()).limit(1)
        found = connection.execute(last).first()
    if found is not None:
        with suppress(OSError):  # the next entry writes it down
            keep_head(home, Head(count=found.position, hash=found.hash))


def keep_head(home: Path, head: Head) -> None:
    """Write down where the chain ends, unless another process has written a later end meanwhile."""
    from analysis.workspace.files import whole_file

    known = read_head(home)
    if known is None or known.count < head.count:
        with whole_file(home / HEAD) as part:
            part.write_text(head.model_dump_json(), "utf-8")


def read_head(home: Path) -> Head | None:
    """Return where the chain ended when it was last written to; None when that is not known."""
    try:
        return Head.model_validate_json((home / HEAD).read_bytes())
    except (OSError, ChoiceError):
        return None


def fetch(connection: sa.Connection, wanted: AuditFilter | None = None) -> list[Entry]:
    """Return the entries that pass the filter, the newest first."""
    wanted = wanted or AuditFilter()
    query = sa.select(audit).order_by(audit.c.position.desc())
    if wanted.actions:
        query = query.where(audit.c.action.in_(wanted.actions))
    if wanted.who is not None:
        query = query.where(audit.c.who == wanted.who)
    if wanted.study_id is not None:
        query = query.where(audit.c.study_id == wanted.study_id)
    if wanted.since is not None:
        query = query.where(audit.c.at >= wanted.since.isoformat())
    if wanted.until is not None:
        query = query.where(audit.c.at < (wanted.until + timedelta(days=1)).isoformat())
    return [_entry(row) for row in connection.execute(query).mappings()]


def verify(connection: sa.Connection, home: Path) -> AuditReport:
    """Follow the chain from its first entry to where it must end, and name every break."""
    rows: list[Any] = list(connection.execute(sa.select(audit).order_by(audit.c.position)).mappings())
    breaks: list[Break] = []
    before, expected = FIRST, 1
    for row in rows:
        if row["position"] != expected:
            breaks.append(Break("dropped", expected))
        elif _hash(before, row) != row["hash"]:
            breaks.append(Break("changed", expected))
        before, expected = row["hash"], row["position"] + 1
    head = read_head(home)
    if head is None:
        return AuditReport(len(rows), (*breaks, Break("head_lost", expected - 1)) if rows else ())
    if expected - 1 < head.count:
        return AuditReport(len(rows), (*breaks, Break("cut", expected)))
    if not breaks and head.count and rows[head.count - 1]["hash"] != head.hash:
        breaks.append(Break("changed", head.count))  # the whole chain was written anew
    return AuditReport(len(rows), tuple(breaks))


def written(entries: Sequence[Entry]) -> bytes:
    """Write entries as CSV (UTF-8 with BOM), one row each; text that a spreadsheet would run gets an apostrophe."""
    target = io.StringIO(newline="")
    out = csv.writer(target)
    out.writerow(COLUMNS)
    for one in entries:
        row = (one.position, one.at.isoformat(), one.who, one.action, one.study_id or "", _text(one.facts), one.hash)
        out.writerow([f"'{cell}" if str(cell).startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in row])
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def _entry(row: Any) -> Entry:
    return Entry(
        row["position"],
        database.saved_time(row["at"]),
        row["who"],
        row["action"],
        row["study_id"],
        database.saved_json(row["facts"]),
        row["hash"],
    )


def _hash(before: str, row: Mapping[str, Any]) -> str:
    told = [before, row["position"], row["at"], row["who"], row["action"], row["study_id"], row["facts"]]
    return hashlib.sha256(_text(told).encode()).hexdigest()


def _short(value: Any) -> Any:
    return mask_text(value[:LONGEST]) if isinstance(value, str) else value


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
