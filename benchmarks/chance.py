"""Does "beyond chance" on Compare keep its word? Random segments, of which nothing is true, on data as shops have them.

``main`` prints for twelve settings in how many of the runs anything at all was said to be beyond chance: at most 5 % is
promised, over all rows of a comparison together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analysis.compare.compare import compare
from analysis.compare.explain import separation
from analysis.compare.outcome import influences_on_outcome
from analysis.profiles.result import Feature, Profiles
from analysis.segments.result import segmentation_of

SEED, RUNS = 20240917, 300
EVEN, UNEVEN, SMALL = (0.2,) * 5, (0.4, 0.3, 0.2, 0.06, 0.04), (0.55, 0.2, 0.2, 0.025, 0.025)
Columns = dict[str, np.ndarray]
Make = Callable[[np.random.Generator, int], Columns]


@dataclass(frozen=True)
class Setting:
    """What customers look like, how many there are, and how large their segments are."""

    make: Make
    segments: tuple[float, ...]
    n: int = 1_000


def levels(k: int, falling: float) -> Make:
    """Three categories of k levels, the share of a level falling with its rank."""
    weights = 1 / np.arange(1, k + 1) ** falling
    weights /= weights.sum()
    names = np.array([f"v{level}" for level in range(k)])
    return lambda random, n: {f"c{i}": names[random.choice(k, n, p=weights)] for i in range(3)}


def amounts(spread: float, buyers: float) -> Make:
    """Three lognormal amounts, 0 for those who do not buy."""
    return lambda random, n: {
        f"m{i}": np.exp(random.normal(3, spread, n)) * (random.random(n) < buyers) for i in range(3)
    }


def _shop(random: np.random.Generator, n: int) -> Columns:
    """What one shop knows: few orders, spend that follows from them, a rare flag and a city; half of it missing."""
    orders = 1 + random.poisson(random.gamma(0.5, 1, n))
    spend = orders * np.exp(random.normal(3, 1, n))
    spend[random.random(n) < 0.5] = np.nan
    weights = np.array([0.7, 0.2, 0.06, 0.03, 0.01])
    city = np.array(["a", "b", "c", "d", "e"])[random.choice(5, n, p=weights)]
    return {"orders": orders.astype(float), "spend": spend, "rare": random.random(n) < 0.004, "city": city}


def _flags(random: np.random.Generator, n: int) -> Columns:
    return {f"b{i}": random.random(n) < share for i, share in enumerate((0.002, 0.01, 0.05))}


SETTINGS: dict[str, Setting] = {
    "8 levels, even segments": Setting(levels(8, 1), EVEN),
    "15 levels, uneven segments": Setting(levels(15, 1.5), UNEVEN),
    "25 levels, small segments": Setting(levels(25, 2), SMALL, 2_000),
    "lognormal 1, uneven segments": Setting(amounts(1, 1), UNEVEN),
    "lognormal 1.5, uneven segments": Setting(amounts(1.5, 1), UNEVEN),
    "30 % buy, uneven segments": Setting(amounts(1, 0.3), UNEVEN),
    "30 % buy, even segments": Setting(amounts(1, 0.3), EVEN),
    "normal numbers": Setting(lambda random, n: {f"m{i}": random.normal(size=n) for i in range(3)}, UNEVEN),
    "2 % buy, small segments": Setting(amounts(2, 0.02), SMALL, 2_000),
    "counts of few values": Setting(
        lambda random, n: {f"m{i}": random.poisson(0.3, n).astype(float) for i in range(3)}, UNEVEN
    ),
    "what a shop knows, half of it missing": Setting(_shop, (0.5, 0.3, 0.12, 0.05, 0.03), 1_500),
    "rare flags": Setting(_flags, SMALL, 2_000),
}


def profiles(columns: Columns) -> Profiles:
    """Return customers with these columns: numbers, flags and categories by their type."""
    size = len(next(iter(columns.values())))
    frame = pd.DataFrame({"customer_id": [f"c{i:05}" for i in range(size)], **columns})
    kinds = {"f": "number", "b": "flag"}
    features = tuple(
        Feature(key, "value", kinds.get(column.dtype.kind, "category"), header=key)  # type: ignore[arg-type]
        for key, column in columns.items()
    )
    return Profiles(frame, features, date(2024, 1, 1))


@dataclass(frozen=True)
class Said:
    """In how many runs anything was said to be beyond chance: by Compare, by Explain, of an outcome."""

    runs: int
    compare: int
    explain: int
    outcome: int


def drawn(name: str) -> Callable[[np.random.Generator], dict[str, bool]]:
    """Return one run: whether something is said of segments, and of an outcome, that are drawn by lot."""
    setting = SETTINGS[name]
    names = [f"s{i}" for i in range(len(setting.segments))]

    def draw(random: np.random.Generator) -> dict[str, bool]:
        people = profiles(setting.make(random, setting.n))
        lot = random.choice(len(names), setting.n, p=setting.segments)
        groups = segmentation_of(lot, names, method="rules")
        left = profiles({**{f.key: people.customers[f.key].to_numpy() for f in people.features}, "left": lot == 1})
        return {
            "compare": bool(compare(people, groups, names).differences["significant"].any()),
            "explain": bool(separation(people, groups, importance=False).features["significant"].any()),
            "outcome": len(influences_on_outcome(left, "left").rows) > 0,
        }

    return draw


def said(name: str, runs: int = RUNS) -> Said:
    """Return how often something is said of segments, and of an outcome, that are drawn by lot."""
    random, draw = np.random.default_rng([SEED, list(SETTINGS).index(name)]), drawn(name)
    found = [draw(random) for _ in range(runs)]
    return Said(runs, *(sum(one[what] for one in found) for what in ("compare", "explain", "outcome")))


def main() -> None:
    """Print the counts of every setting."""
    for name in SETTINGS:
        one = said(name)
        told = ", ".join(f"{key} {getattr(one, key) / one.runs:.1%}" for key in ("compare", "explain", "outcome"))
        print(f"{name}: something beyond chance in {told} of {one.runs} runs", flush=True)
