"""What the runs of a study asked of its files: kept beside its results, by the version of the code that asked.

Every entry can go at any time: what is not there is computed. Nothing here refuses; what cannot be read is not there.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from analysis import parquet
from analysis.engine import allow, fetch_rows, quoted_name
from analysis.errors import AnalysisError
from analysis.sealed.columns import beside
from analysis.sealed.ring import ring_of
from analysis.study.version import engine_version
from analysis.workspace import files

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from analysis.sealed.columns import Personal

PREFIX = ".answers-"
INDEX = "answers.parquet"


class KeptAnswers:
    """Answers and typed rows of one study, for ``analysis.answers.asked.within``.

    Parameters
    ----------
    runs : Path
        The folder of what the runs of the study left; forgetting and encrypting empty it.

    Attributes
    ----------
    there, used : dict of key to answer
        What was found in the folder; what was asked since, which is what ``save`` leaves.
    """

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self.place = runs / f"{PREFIX}{engine_version()}"
        self.place.mkdir(parents=True, exist_ok=True)
        allow(self.place)
        self.there = self._read()
        self.used: dict[str, str] = {}
        for path in self.place.glob("*.rows.parquet"):
            with suppress(AnalysisError, OSError, ValueError):
                parquet.unlock(path)

    def find(self, key: str) -> str | None:
        """Return the answer to a question as text."""
        text = self.used.get(key) or self.there.get(key)
        if text is not None:
            self.used[key] = text
        return text

    def keep(self, key: str, answer: str) -> None:
        """Keep an answer until ``save``."""
        self.used[key] = answer

    def rows(self, key: str) -> str | None:
        """Return the SQL that reads kept rows; None where the file is not as it was written."""
        path, name = self.file(key), f"rows {key}"
        digest = self.there.get(name)
        if digest is None or _digest(path) != digest:
            return None
        self.used[name] = digest
        return parquet.scan(path)

    def keep_rows(self, key: str, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        """Write the rows of a table of the database as they are now."""
        path = self.file(key)
        columns = fetch_rows(connection, f"SELECT column_name, column_type FROM (DESCRIBE {table})")
        if any(kind == "HUGEINT" for _, kind in columns):  # Parquet knows none
            return
        texts = {name: False for name, kind in columns if kind == "VARCHAR"} if ring_of(path) else {}
        with suppress(OSError, AnalysisError), files.whole_file(path) as part:
            names = ", ".join(quoted_name(name) for name, _ in columns)
            parquet.copy(connection, f"SELECT {names} FROM {table}", part, personal=texts)
        digest = _digest(path)
        if digest is not None:
            self.used[f"rows {key}"] = digest

    def save(self) -> None:
        """Put what was used since in the place of what was there; what another version kept goes as well."""
        import pyarrow as pa

        table = pa.table({"key": list(self.used), "answer": list(self.used.values())})
        table = table.append_column("check", pa.array(map(_check, *table.to_pydict().values()), pa.string()))
        personal: Personal = {"answer": False} if ring_of(self.place / INDEX) else {}
        with suppress(OSError, AnalysisError):
            with files.whole_file(self.place / INDEX) as part:
                parquet.write_table(table, part, personal=personal)
            used = {self.file(name.removeprefix("rows ")) for name in self.used if name.startswith("rows ")}
            for path in self.place.glob("*.rows.parquet"):
                if path not in used:
                    files.remove(path)
            for path in self._runs.glob(f"{PREFIX}*"):
                if path != self.place:
                    files.remove(path)

    def drop(self) -> None:
        """Remove everything: some of it may be of rows that were removed."""
        self.there = {}
        with suppress(OSError):
            for path in self._runs.glob(f"{PREFIX}*"):
                files.remove(path)

    def file(self, key: str) -> Path:
        """Return where typed rows are kept."""
        return self.place / f"{key}.rows.parquet"

    def _read(self) -> dict[str, str]:
        import pyarrow as pa

        try:
            found = parquet.read_table(self.place / INDEX).to_pydict()
            entries = zip(found["key"], found["answer"], found["check"], strict=True)
            return {key: answer for key, answer, check in entries if answer and check == _check(key, answer)}
        except (pa.ArrowException, OSError, ValueError, LookupError, TypeError, AnalysisError):
            return {}


def _check(key: str, answer: str) -> str:
    return hashlib.sha256(f"{key}\n{answer}".encode()).hexdigest()[:32]


def _digest(path: Path) -> str | None:
    """Return the hash of a file with what is sealed of it, or None where it cannot be read."""
    digest = hashlib.sha256()
    try:
        for one in (path, *sorted(beside(path))):
            digest.update(one.read_bytes())
    except OSError:
        return None
    return digest.hexdigest()
