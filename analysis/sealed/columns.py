"""Personal columns of a Parquet file, in an encrypted Parquet file of their own beside it.

The open file holds every row and every column. In a personal column nothing stands, or for ids their HMAC; so whoever
has lost the key reads the rest. Its metadata names the sealed file and holds the wrapped data key.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.engine import file_literal, know_key, literal, quoted_name
from analysis.errors import AnalysisError
from analysis.sealed.ring import Ring, new_key, ring_of

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet

SUFFIX = ".sealed"
_MARK = b"portrait.sealed"
# DuckDB 2.0 reads an encrypted column only where a row group holds one page of it.
ROWS, MOST_BYTES, MOST_PAGE_ROWS = 122_880, 2**28, 2**31 - 1

Personal = Mapping[str, bool]
"""Columns that hold personal data; True where an HMAC stands for each value in the open file."""


@dataclass(frozen=True)
class SealedPart:
    """The sealed columns of a file; ``key`` is None when the key of the workspace is not there."""

    place: Path
    columns: tuple[str, ...]
    key: bytes | None

    @property
    def is_open(self) -> bool:
        """Whether the columns can be read."""
        return self.key is not None

    def scan(self, *, numbered: bool = False) -> str:
        """Write the table function that reads the columns, as SQL, and let connections know the key."""
        assert self.key is not None
        know_key(self.place, base64.b64encode(self.key).decode())
        key = f"{{footer_key: {literal(self.place.name)}}}"
        rows = ", file_row_number = true" if numbered else ""
        return f"read_parquet({file_literal(self.place)}, hive_partitioning = false, encryption_config = {key}{rows})"

    def opened(self) -> parquet.ParquetFile:
        """Open the columns; OSError or ArrowException when they are damaged."""
        from pyarrow import parquet

        return parquet.ParquetFile(self.place, decryption_properties=self.decryption())

    def decryption(self) -> Any:
        """Return what pyarrow reads the columns with."""
        from pyarrow.parquet.encryption import create_decryption_properties

        return create_decryption_properties(self.key)

    def is_damaged(self, *, thorough: bool = False) -> bool:
        """Say whether the columns are missing, or damaged; not when the key is what is missing."""
        import pyarrow as pa

        if not self.place.is_file():
            return True
        if not self.is_open:
            return False
        try:
            with self.opened() as file:
                if thorough:
                    for batch in file.iter_batches():
                        batch.validate(full=True)
                return set(file.schema_arrow.names) != set(self.columns)
        except (pa.ArrowException, OSError, ValueError):
            return True


def part_of(path: Path) -> SealedPart | None:
    """Return the sealed columns of a file of a workspace, or None when it has none.

    Raises
    ------
    AnalysisError
        ``workspace_not_opened``: it has some, and this process has not opened the workspace.
    """
    ring = ring_of(path)
    if ring is None:
        if beside(path):  # what stands in for the values must not be taken for them
            raise AnalysisError("workspace_not_opened")
        return None
    try:
        status = path.stat()
    except OSError:
        return None
    said = _said(path, status.st_mtime_ns, status.st_size)
    if said is None:
        return None
    name, columns, wrapped = said
    return SealedPart(path.with_name(f"{path.name}.{name}{SUFFIX}"), columns, ring.unwrap(wrapped, name))


def joined(path: Path, plain: str) -> str:
    """Write a file's table function with its sealed columns in their places, as SQL; ``plain`` reads the open file."""
    part = part_of(path)
    if part is None or not part.is_open:
        return plain
    columns = ", ".join(f"s.{quoted_name(one)} AS {quoted_name(one)}" for one in part.columns)
    return f"(SELECT p.* REPLACE ({columns}) FROM {plain} p POSITIONAL JOIN {part.scan()} s)"


def write(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, path: Path, personal: Personal, *, with_schema: bool = True
) -> int:
    """Write rows to a file of a workspace, its personal columns sealed; return the number of rows.

    Raises
    ------
    AnalysisError
        ``workspace_key_lost``, ``workspace_key_wrong``.
    """
    import pyarrow as pa
    from pyarrow import parquet
    from pyarrow.parquet.encryption import create_encryption_properties

    ring = ring_of(path)
    assert ring is not None
    columns = tuple(name for name in schema.names if name in personal)
    name, key, n = secrets.token_hex(8), new_key(), 0
    wrapped = ring.wrap(key, name)
    said = json.dumps({"part": name, "columns": columns, "key": wrapped})
    own = pa.schema([schema.field(one) for one in columns])
    usual: dict[str, Any] = {"compression": "zstd", "write_statistics": False}
    with (
        parquet.ParquetWriter(path, schema, store_schema=with_schema, **usual) as plain,
        parquet.ParquetWriter(
            path.with_name(f"{path.name}.{name}{SUFFIX}"),
            own,
            use_dictionary=False,
            data_page_size=2**30,
            max_rows_per_page=MOST_PAGE_ROWS,
            encryption_properties=create_encryption_properties(key),
            **usual,
        ) as sealed,
    ):
        for rows in _groups(batches, schema):
            n += rows.num_rows
            sealed.write_table(rows.select(list(columns)), row_group_size=_rows_of_group(rows))
            for place, column in enumerate(schema.names):
                if column in personal:
                    stand_in = _stand_ins(rows.column(place), ring) if personal[column] else None
                    blank = pa.nulls(rows.num_rows, schema.field(place).type)
                    rows = rows.set_column(place, schema.field(place), blank if stand_in is None else stand_in)
            plain.write_table(rows)
        plain.add_key_value_metadata({_MARK.decode(): said})
    return n


def without_mark(metadata: Mapping[bytes, bytes] | None) -> dict[bytes, bytes]:
    """Return the metadata of a table whose columns are all in their places."""
    return {name: said for name, said in (metadata or {}).items() if name != _MARK}


def beside(path: Path) -> list[Path]:
    """Return the sealed files that lie beside a file, those of an earlier writing as well."""
    return sorted(path.parent.glob(f"{escape(path.name)}.*{SUFFIX}"))


def belongs(path: Path) -> Path | None:
    """Return the file that a sealed file belongs to, by its name; None for another file."""
    if path.suffix != SUFFIX or path.stem.count(".") < 1:
        return None
    return path.with_name(path.stem.rpartition(".")[0])


@lru_cache(maxsize=4096)
def _said(path: Path, changed: int, size: int) -> tuple[str, tuple[str, ...], str] | None:
    """Return what the metadata of a file says of its sealed part; the time and the size make it another file."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        said = (parquet.read_metadata(path).metadata or {}).get(_MARK)
        found = json.loads(said) if said else None
        return None if found is None else (str(found["part"]), tuple(found["columns"]), str(found["key"]))
    except (pa.ArrowException, OSError, ValueError, LookupError, TypeError):
        return None


def _groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Gather batches into tables of as many rows as a row group holds, so that files do not have many small ones."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(one.num_rows for one in held) >= ROWS:
            yield pa.Table.from_batches(held, schema)
            held = []
    if held:
        yield pa.Table.from_batches(held, schema)


def _rows_of_group(rows: pa.Table) -> int:
    return max(1, min(ROWS, MOST_BYTES * rows.num_rows // max(rows.nbytes, 1)))


def _stand_ins(column: pa.ChunkedArray, ring: Ring) -> pa.ChunkedArray | None:
    """Return the HMACs of a column of texts in its own type; None for another type."""
    import pyarrow as pa

    kind: Any = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        return None
    coded: Any = column.cast(pa.string()).combine_chunks().dictionary_encode()
    names = pa.array(ring.stand_ins(coded.dictionary.to_pylist()), pa.string())
    told: Any = pa.DictionaryArray.from_arrays(coded.indices, names)
    return pa.chunked_array([told.cast(pa.string()).cast(column.type)])
