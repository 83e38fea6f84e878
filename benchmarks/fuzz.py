"""Damage real workbooks and text files at random: each is read with its rows adding up, or refused by a code."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[1] / "sample_data"
LONG = 5000


def originals() -> list[bytes]:
    """Return the files that are damaged: the sample workbooks, members as GBK, and orders as UTF-8 and UTF-16."""
    orders = "会员号,下单时间,金额,备注\n" + "".join(
        f"M{i % 9},2024-01-{i % 28 + 1:02d},{i}.5,茶 {i}\n" for i in range(300)
    )
    files = [SAMPLES / name for name in ("b2b_crm_en.xlsx", "template_zh.xlsx", "members_gbk.csv")]
    return [*(file.read_bytes() for file in files), orders.encode(), orders.encode("utf-16")]


def mutations(n: int, *, seed: int = 0) -> Iterator[bytes]:
    """Yield ``n`` damaged files: bytes changed, cut out, doubled, swapped, or the end missing."""
    chance = random.Random(seed)
    sources = originals()
    for _ in range(n):
        content = bytearray(chance.choice(sources))
        for _ in range(chance.choice((1, 1, 2, 5, 20))):
            if not content:
                break
            place, length = chance.randrange(len(content)), chance.choice((1, 1, 4, 64, 1024))
            match chance.randrange(6):
                case 0:
                    content[place] = chance.randrange(256)
                case 1:
                    del content[place : place + length]
                case 2:
                    content[place:place] = content[place : place + length]
                case 3:
                    content[place : place + length] = chance.randbytes(length)
                case 4:
                    content[place:place] = chance.choice(
                        (b"\x00", b'"', b"\r", b"\n", b",", b"\xff", b"=1+1", b"\xef\xbb\xbf")
                    )
                case _:
                    del content[max(1, len(content) - length) :]
        yield bytes(content)


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
    for count, table in zip(standard.counts, tables, strict=True):
        if not count.read == count.kept + sum(count.set_aside.values()) == table.n_read:
            raise AssertionError(f"rows of {count.table} do not add up: {count}")
    return "read"


def main() -> None:
    """Damage many files and print what became of them; the first that is neither read nor refused is kept."""
    seed = int(time.time())
    found: Counter[str] = Counter()
    for content in mutations(LONG, seed=seed):
        try:
            found[outcome(content)] += 1
        except BaseException:
            Path("fuzz_failure.bin").write_bytes(content)
            raise
    print(f"{LONG} damaged files (seed {seed}): " + ", ".join(f"{code} {n}" for code, n in found.most_common()))
