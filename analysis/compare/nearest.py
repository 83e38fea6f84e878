"""The nearest other segment, of a segment and of one customer.

Method and limits: ``docs/methods/explain.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.compare.explain import described, encoded
from analysis.errors import AnalysisError
from analysis.segments.methods import METHODS

if TYPE_CHECKING:
    import numpy as np

    from analysis.profiles.result import Profiles
    from analysis.segments.result import Segmentation


def neighbours(profiles: Profiles, segmentation: Segmentation) -> dict[str, str]:
    """Return the nearest other segment of each segment.

    The distance is the root mean square, over the features, of the difference of means in standard deviations of all
    (for a category: the mean over its levels, each as a 0/1 number), so that every feature weighs the same. Value
    tiers have an order: only the tier above and the tier below can be the nearest.

    Raises
    ------
    AnalysisError
        ``explain_one_segment`` (n).
    """
    import numpy as np

    keys, distance = distances(profiles, segmentation)
    apart = np.where([_may_be_nearest(i, len(keys), segmentation) for i in range(len(keys))], distance, np.inf)
    return {key: keys[int(apart[i].argmin())] for i, key in enumerate(keys)}


def distances(profiles: Profiles, segmentation: Segmentation) -> tuple[list[str], np.ndarray]:
    """Return the segment keys and how far each is from each, in standard deviations; as ``neighbours`` measures."""
    import numpy as np

    keys, centres, weights, _ = _centres(profiles, segmentation)
    apart = centres[:, None, :] - centres[None, :, :]
    return keys, np.sqrt((apart**2 * weights).sum(axis=2))


def nearest_other(profiles: Profiles, segmentation: Segmentation, row: int) -> str:
    """Return the segment, other than the customer's own, whose mean customer is nearest to the customer at ``row``.

    Among value tiers it is the one above or the one below. Raises as ``neighbours``.
    """
    import numpy as np

    keys, centres, weights, z = _centres(profiles, segmentation)
    own = segmentation.labels.iloc[row]
    apart = (((centres - z[row]) ** 2) * weights).sum(axis=1)
    if own in keys:
        apart = np.where(_may_be_nearest(keys.index(own), len(keys), segmentation), apart, np.inf)
    return keys[int(apart.argmin())]


def _may_be_nearest(own: int, n: int, segmentation: Segmentation) -> np.ndarray:
    import numpy as np

    steps = np.abs(np.arange(n) - own)
    method = METHODS.get(segmentation.method)
    return steps == 1 if method is not None and method.ordered else steps > 0


def _centres(profiles: Profiles, segmentation: Segmentation) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    import numpy as np
    import pandas as pd

    keys = segmentation.segments["segment"].tolist()
    if len(keys) < 2:
        raise AnalysisError("explain_one_segment", n=int(segmentation.labels.isin(keys).sum()))
    x, places = encoded(profiles.customers, described(profiles))
    spread = x.std(axis=0)
    varies = spread > 0
    z = (x[:, varies] - x[:, varies].mean(axis=0)) / spread[varies]
    owners = [feature.key for (feature, _), keep in zip(places, varies, strict=True) if keep]
    counts = pd.Series(owners).value_counts()
    weights = np.array([1 / counts[owner] / len(counts) for owner in owners])
    codes = pd.Index(keys).get_indexer(pd.Index(segmentation.labels))
    centres = np.array([z[codes == i].mean(axis=0) for i in range(len(keys))]).reshape(len(keys), -1)
    return keys, centres, weights, z
