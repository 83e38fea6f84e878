"""BG/NBD on a million customers against a plain SciPy fit of all rows."""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.measure import in_turns, report

N = 1_000_000


def customers(n: int) -> tuple[Any, Any, Any]:
    """Return frequency, recency and age (weeks, in whole days) of customers who buy and leave as BG/NBD supposes."""
    import numpy as np

    rng = np.random.default_rng(11)
    pace, leave = rng.gamma(0.6, 1 / 8, n), np.clip(rng.beta(0.8, 2.5, n), 1e-9, 1 - 1e-9)
    age = rng.integers(30, 730, n) / 7
    until = np.ceil(np.log(rng.random(n)) / np.log1p(-leave))
    frequency = np.minimum(rng.poisson(pace * age), until)
    # The last of so many days lies late in the time that they had; how late is no part of what is timed.
    recency = np.where(frequency > 0, np.floor(age * rng.beta(np.maximum(frequency, 1), 1, n) * 7) / 7, 0)
    return frequency, recency, age


def plain(frequency: Any, recency: Any, age: Any) -> tuple[float, ...]:
    """Fit the same by SciPy's usual search on every row, with differences for the gradient."""
    import numpy as np
    from scipy.optimize import minimize
    from scipy.special import gammaln

    some = frequency > 0

    def loss(logs: Any) -> float:
        r, alpha, a, b = np.exp(logs)
        first = gammaln(r + frequency) - gammaln(r) + r * np.log(alpha)
        second = gammaln(a + b) + gammaln(b + frequency) - gammaln(b) - gammaln(a + b + frequency)
        here = -(r + frequency) * np.log(alpha + age)
        gone = np.log(a) - np.log(np.maximum(b + frequency - 1, 1e-300)) - (r + frequency) * np.log(alpha + recency)
        return -float(np.mean(first + second + np.logaddexp(here, np.where(some, gone, -np.inf))))

    found: Any = minimize(loss, np.zeros(4), method="L-BFGS-B")
    return tuple(float(each) for each in np.exp(found.x))


def main() -> None:
    """Print the ratio, and both fits."""
    from analysis.predict.lifetime.beta_geometric import fit_beta_geometric
    from analysis.predict.lifetime.histories import histories

    n = next((int(word) for word in sys.argv[1:] if word.isdigit()), N)
    rows = customers(n)
    ours = fit_beta_geometric(histories(*rows)).fit.params
    print("ours ", *(f"{each:.4f}" for each in ours))
    print("plain", *(f"{each:.4f}" for each in plain(*rows)))
    calls = {"distinct histories": lambda: fit_beta_geometric(histories(*rows)), "plain SciPy": lambda: plain(*rows)}
    report(in_turns(calls, runs=3), ours="distinct histories")


if __name__ == "__main__":
    main()
