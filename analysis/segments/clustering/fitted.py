"""What clusters learned: how rows were brought to scale, where the groups lie, and which group is nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from analysis.params import Params
from analysis.segments.clustering.levels import Levels
from analysis.segments.clustering.scale import Scaling
from analysis.segments.fitted import Fitted, Row
from analysis.segments.params import ClusterParams

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


CHUNK_ROWS = 50_000


class Mixture(Params):
    """A Gaussian mixture: for each component the log of its weight, its mean, its precision as a Cholesky factor.

    ``groups`` is the position of each component among the groups.
    """

    log_weights: Row
    means: tuple[Row, ...]
    factors: tuple[tuple[Row, ...], ...]
    groups: tuple[int, ...]


class FittedClusters(Fitted):
    """The scaling of each feature, the levels of each category, and the centre of each group on that scale.

    ``keys`` are those of the groups, ``chosen`` the number features asked for. A customer belongs to the nearest
    centre, with ``mixture`` to the most probable component. ``by_centre`` is False for methods whose groups have
    another shape than that: they can be compared by their centres, but nobody can be put into them.
    """

    kind: Literal["clusters"] = "clusters"
    params: ClusterParams
    chosen: tuple[str, ...]
    scalings: tuple[Scaling, ...]
    levels: tuple[Levels, ...] = ()
    keys: tuple[str, ...]
    centres: tuple[Row, ...]
    mixture: Mixture | None = None
    by_centre: bool = True

    def matrix(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the features of customers on the scale of the centres, shape (customers, columns)."""
        import numpy as np

        columns = [
            scaling.apply(frame[scaling.feature].to_numpy(dtype=float, na_value=np.nan)) for scaling in self.scalings
        ]
        for levels in self.levels:
            columns.extend(levels.columns(frame[levels.feature]))
        return np.column_stack(columns)

    def positions(self, matrix: np.ndarray) -> np.ndarray:
        """Return the position among ``keys`` of the group of each row."""
        import numpy as np

        if self.mixture is not None:
            return np.array(self.mixture.groups)[mixture_chances(matrix, self.mixture).argmax(axis=1)]
        return nearest_centre(matrix, np.array(self.centres))


def nearest_centre(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return the position of the nearest centre of each row, the first of equally near ones.

    Squares are added column by column: a row gets the same answer alone and among a million others, which a product
    of matrices does not promise.

    Parameters
    ----------
    points : float array, shape (rows, columns)
    centres : float array, shape (k, columns)

    Examples
    --------
    >>> import numpy as np
    >>> nearest_centre(np.array([[0.0], [4.0], [5.0], [9.0]]), np.array([[1.0], [9.0]])).tolist()
    [0, 0, 0, 1]
    """
    import numpy as np

    found = np.empty(len(points), dtype=int)
    for start in range(0, len(points), CHUNK_ROWS):
        part = slice(start, start + CHUNK_ROWS)
        found[part] = squared_distances(points[part], centres).argmin(axis=0)
    return found


def squared_distances(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return the squared distances, shape (k, rows), added column by column."""
    import numpy as np

    columns = np.ascontiguousarray(points.T)
    squares = np.zeros((len(centres), len(points)))
    for own, centre in zip(squares, centres, strict=True):
        for column, place in zip(columns, centre, strict=True):
            own += (column - place) ** 2
    return squares


def mixture_chances(points: np.ndarray, mixture: Mixture) -> np.ndarray:
    """Return how probable each component is for each row (0..1), shape (rows, components), row by row alike."""
    import numpy as np

    columns = np.ascontiguousarray(points.T)
    logs = np.empty((len(mixture.means), len(points)))
    for place, (mean, factor) in enumerate(zip(mixture.means, mixture.factors, strict=True)):
        lower = np.array(factor)
        off = [column - middle for column, middle in zip(columns, mean, strict=True)]
        square = np.zeros(len(points))
        for j in range(len(mean)):
            side = np.zeros(len(points))
            for i, part in enumerate(off):
                side += part * lower[i, j]
            square += side**2
        logs[place] = mixture.log_weights[place] + np.log(np.diag(lower)).sum() - square / 2
    logs -= logs.max(axis=0)
    chances = np.exp(logs)
    return (chances / chances.sum(axis=0)).T
