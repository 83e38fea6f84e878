"""Reading profiles whose personal columns are encrypted against reading the same profiles plain."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measure import in_turns, report

N = 1_000_000


def profiles_of(n: int) -> Any:
    """Return profiles of n customers: an id, a name, a phone, an e-mail, a city, and ten numbers."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(7)
    phones = pd.Series(13_800_000_000 + rng.permutation(n)).astype("str")
    frame = pd.DataFrame(
        {
            "customer_id": pd.Series(range(n)).map("c{:07d}".format),
            "name": "Zebulon " + phones.str[-4:],
            "phone": phones,
            "email": "z" + phones.str[-6:] + "@qq.com",
            "city": rng.choice(list("abcdefgh"), n),
        }
    )
    return frame.assign(**{f"number_{place}": rng.lognormal(4, 1, n) for place in range(10)})


def main() -> None:
    """Print both times and their ratio, for the number of customers named on the command line."""
    from analysis import parquet
    from analysis.sealed.ring import Ring, hold, new_key

    n = next((int(word) for word in sys.argv[1:] if word.isdigit()), N)
    with tempfile.TemporaryDirectory() as home:
        plain, sealed = Path(home) / "plain.parquet", Path(home) / "sealed.parquet"
        hold(Path(home), Ring("open", (new_key(),)))
        frame = profiles_of(n)
        parquet.write_frame(frame, plain)
        parquet.write_frame(frame, sealed, personal={"name": True, "phone": True, "email": True})
        assert parquet.read_frame(sealed).equals(frame)
        calls: dict[str, Callable[[], object]] = {
            "encrypted": lambda: parquet.read_frame(sealed),
            "plain": lambda: parquet.read_frame(plain),
        }
        report(in_turns(calls, runs=5), ours="encrypted")
        hold(Path(home), None)


if __name__ == "__main__":
    main()
