"""Damage real files at random: each is read with its rows adding up, or refused by a code.

Damaged are bytes, members of a zip, XML within it, and cells, rows and headers of text. ``python -m benchmarks
mutations 500`` damages 500 files, ``mutations 500 7`` those of seed 7, so that many can be done slice by slice. Real
files are taken from ``PORTRAIT_SHARED_DATA`` when it is there.
"""

from __future__ import annotations

import io
import os
import random
import re
import resource
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from analysis.intake.reading.apart import close_idle

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "sample_data"
MANY = 10_000
MOST_SECONDS = 60
LARGEST = 60_000  # of a real file, in bytes: many cases in little time
ODD = (
    "", " ", "=1+1", "-", "1e309", "99999999999999999999", "9999-12-31", "0000-00-00", "2024-02-30", "1/2/3", "NaN",
    "\x00", '"', "\ufeff", "١٢٣", "１２３", "1.234,56", "(5)", "5-", "50%", "¥5", "a" * 70_000, "😀", "\u202e", "{}",
    "'; DROP TABLE orders; --", 'c0"', "c0", "line", "*", "**/*", "http://127.0.0.1/x.csv", "../../etc/passwd",
)  # fmt: skip


@cache
def originals(*, real: bool) -> tuple[bytes, ...]:
    """Return the files that are damaged: samples, orders as UTF-8 and UTF-16, and small real ones if there are any."""
    orders = "会员号,下单时间,金额,备注\n" + "".join(
        f"M{i % 9},2024-01-{i % 28 + 1:02d},{i}.5,茶 {i}\n" for i in range(300)
    )
    files = [SAMPLES / name for name in ("b2b_crm_en.xlsx", "template_zh.xlsx", "members_gbk.csv")]
    shared = Path(os.environ.get("PORTRAIT_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if real and shared.is_dir():
        kinds = (".csv", ".xlsx", ".xls", ".ods", ".tsv", ".parquet")
        found = sorted(path for path in shared.rglob("*") if path.suffix.lower() in kinds and path.is_file())
        files += [path for path in found if path.stat().st_size <= LARGEST]
    return (*(file.read_bytes() for file in files), orders.encode(), orders.encode("utf-16"))


def mutations(n: int, *, seed: int = 0, real: bool = False) -> Iterator[bytes]:
    """Yield ``n`` damaged files, of the real ones too."""
    chance = random.Random(seed)
    sources = originals(real=real)
    for _ in range(n):
        content = chance.choice(sources)
        if content[:2] == b"PK":
            damage = chance.choice((in_bytes, in_members, in_xml, in_xml))
        else:
            damage = chance.choice((in_bytes, in_cells, in_rows, in_headers))
        for _ in range(chance.choice((1, 1, 2, 5))):
            content = damage(content, chance)
        yield content


def in_bytes(content: bytes, chance: random.Random) -> bytes:
    """Change, cut out, double or put in bytes, or lose the end."""
    if not content:
        return content
    place, length = chance.randrange(len(content)), chance.choice((1, 1, 4, 64, 1024))
    before, there, after = content[:place], content[place : place + length], content[place + length :]
    odd = chance.choice((b"\x00", b'"', b"\r", b"\n", b",", b"\xff", b"=1+1", b"\xef\xbb\xbf"))
    ways = (before + after, before + there * 2 + after, before + chance.randbytes(length) + after)
    return chance.choice((*ways, before + odd + there + after, content[: max(1, len(content) - length)]))


def in_members(content: bytes, chance: random.Random) -> bytes:
    """Leave out, empty, double or rename one member of a zip, or damage its bytes."""

    def change(name: str, part: bytes) -> list[tuple[str, bytes]]:
        damaged = (name, in_bytes(part, chance))
        return chance.choice(([], [(name, b"")], [(f"../{name}", part)], [(name.upper(), part)], [damaged], [damaged]))

    return _one_member(content, chance, change, lambda name: True)


def in_xml(content: bytes, chance: random.Random) -> bytes:
    """Change one number, name, attribute or element of the XML within a workbook."""

    def change(name: str, part: bytes) -> list[tuple[str, bytes]]:
        found = list(re.finditer(rb'"[^"<>]{0,40}"|>[^<>]{0,40}<|<[^<>]{1,80}>', part[:200_000]))
        if not found:
            return [(name, part)]
        one = chance.choice(found)
        odd = chance.choice(ODD).encode("utf-8", "replace")
        put = chance.choice((b"", one[0] * 2, one[0][:1] + odd + one[0][-1:], b"<!DOCTYPE x>", b"&x;"))
        return [(name, part[: one.start()] + put + part[one.end() :])]

    return _one_member(content, chance, change, lambda name: name.endswith((".xml", ".rels")))


def _one_member(
    content: bytes,
    chance: random.Random,
    change: Callable[[str, bytes], list[tuple[str, bytes]]],
    is_meant: Callable[[str], bool],
) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [(name, archive.read(name)) for name in archive.namelist()]
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError, zlib_error()):
        return in_bytes(content, chance)
    meant = [place for place, (name, _) in enumerate(parts) if is_meant(name)]
    if not meant:
        return in_bytes(content, chance)
    place = chance.choice(meant)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in [*parts[:place], *change(*parts[place]), *parts[place + 1 :]]:
            archive.writestr(name, part)
    return buffer.getvalue()


def zlib_error() -> type[Exception]:
    """Return what a damaged member raises."""
    import zlib

    return zlib.error


def in_cells(content: bytes, chance: random.Random) -> bytes:
    """Put something odd into a few cells of a text."""
    lines = _lines(content)
    for _ in range(3):
        place = chance.randrange(len(lines))
        cells = lines[place].split(b",")
        cells[chance.randrange(len(cells))] = chance.choice(ODD).encode("utf-8", "replace")
        lines[place] = b",".join(cells)
    return b"\n".join(lines)


def in_rows(content: bytes, chance: random.Random) -> bytes:
    """Leave out, double, swap, cut or lengthen rows of a text, or put in an empty one."""
    lines = _lines(content)
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    ways = (b"", lines[one] + b",,,,", lines[one][: len(lines[one]) // 2], lines[other], lines[one] * 2)
    lines[one] = chance.choice(ways)
    lines[other:other] = chance.choice(([], [b""], [lines[0]], lines[: chance.randrange(20)]))
    return b"\n".join(lines)


def in_headers(content: bytes, chance: random.Random) -> bytes:
    """Change a header: odd, doubled, missing, or of another word."""
    lines = _lines(content)
    names = lines[0].split(b",")
    one = chance.randrange(len(names))
    words = (b"", names[0], b"order_date", b"amount", b"customer_id", chance.choice(ODD).encode("utf-8", "replace"))
    names[one] = chance.choice(words)
    lines[0] = b",".join(chance.choice((names, names[:-1], [*names, b"x"], chance.sample(names, len(names)))))
    return b"\n".join(lines)


def _lines(content: bytes) -> list[bytes]:
    return content.split(b"\n") or [b""]


def outcome(content: bytes) -> str:
    """Read a file and make standard tables of it; return ``read`` or the code of the refusal."""
    from analysis.errors import AnalysisError
    from analysis.intake.reading.read import read_file
    from analysis.intake.standard.standardise import standardise
    from analysis.study import suggest

    try:
        tables = read_file(content, name="damaged")
        for table in tables:
            lines = [*table.rows.column("line").to_pylist(), *(left.line for left in table.surplus)]  # type: ignore[union-attr]
            if len(set(lines)) != len(lines) or len(lines) != table.n_read:
                raise AssertionError(f"lines of {table.key} do not add up")
        standard = standardise(tables, suggest(tables))
    except AnalysisError as refusal:
        return refusal.code
    for count in standard.counts:
        if count.read != count.kept + sum(count.set_aside.values()):
            raise AssertionError(f"rows of {count.table} do not add up: {count}")
    return "read"


def main() -> None:
    """Damage many files and print what became of them; those that are neither read nor refused are kept."""
    numbers = [int(word) for word in sys.argv if word.isdigit()]
    n, seed = (*numbers, *(MANY, int(time.time()))[len(numbers) :])[:2]
    found: Counter[str] = Counter()
    failed = slow = 0
    slowest = 0.0
    for place, content in enumerate(mutations(n, seed=seed, real=True)):
        start = time.perf_counter()
        try:
            found[outcome(content)] += 1
        except Exception as problem:
            failed += 1
            kept = Path("out") / f"mutation_{seed}_{place}.bin"
            kept.parent.mkdir(exist_ok=True)
            kept.write_bytes(content)
            print(f"{kept}: {type(problem).__name__}: {str(problem)[:200]}", flush=True)
        took = time.perf_counter() - start
        slow += took > MOST_SECONDS
        slowest = max(slowest, took)
        if place % 100 == 99 or place == n - 1:
            print(f"{place + 1} damaged files (seed {seed}): {failed} tracebacks, {slow} over {MOST_SECONDS} s,")
            print(f"  slowest {slowest:.1f} s, peak {peak()} MB, of which {megabytes()} MB here", flush=True)
    print(", ".join(f"{code} {n}" for code, n in found.most_common()))


def megabytes() -> int:
    """Return the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def peak() -> int:
    """Return the most memory that this process and one that reads for it can have held at once."""
    close_idle()  # the memory of a process that has not ended is not counted
    return megabytes() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
