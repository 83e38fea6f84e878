"""Which products the same customers buy, and which lie in the same orders: counted in blocks, as sparse matrices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from analysis.engine import go_on

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

BLOCK = 512  # products whose neighbours are counted at once
MOST_NEIGHBOURS = 1_000  # of one product


def counted(
    row: np.ndarray, column: np.ndarray, shape: tuple[int, int], weight: np.ndarray | None = None
) -> csr_matrix:
    """Return a sparse matrix that sums the weights (1) of each place; one row and column per entry."""
    import numpy as np
    from scipy.sparse import csr_matrix

    values = np.ones(len(row), dtype=np.float32) if weight is None else weight.astype(np.float32)
    return csr_matrix((values, (row, column)), shape=shape)


def shared_in_blocks(holds: csr_matrix) -> Iterator[tuple[int, csr_matrix]]:
    """Yield, block by block of products, in how many rows each product stands together with each product.

    Parameters
    ----------
    holds : csr_matrix, shape (customers or orders, products), 0 or 1

    Yields
    ------
    first : int
        Place of the first product of the block.
    shared : csr_matrix, shape (products of the block, products)
    """
    columns: Any = holds.T.tocsr()
    for first in range(0, columns.shape[0], BLOCK):
        go_on()
        yield first, (columns[first : first + BLOCK] @ holds).tocsr()


def cosines(holds: csr_matrix, most: int = MOST_NEIGHBOURS) -> csr_matrix:
    """Return how alike the buyers of two products are: those of both over the root of those of each, 0..1.

    A product is not its own neighbour, and keeps at most ``most``.

    References
    ----------
    Sarwar, Karypis, Konstan & Riedl (2001), Item-based collaborative filtering recommendation algorithms, WWW 10;
    Deshpande & Karypis (2004), Item-based top-N recommendation algorithms, ACM Transactions on Information Systems 22.

    Examples
    --------
    >>> import numpy as np
    >>> holds = counted(np.array([0, 0, 1, 2]), np.array([0, 1, 0, 2]), (3, 3))
    >>> cosines(holds).toarray().round(3).tolist()
    [[0.0, 0.7070000171661377, 0.0], [0.7070000171661377, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    import numpy as np
    from scipy.sparse import csr_matrix, vstack

    buyers = np.asarray(holds.sum(axis=0)).ravel()
    n_items = len(buyers)
    blocks: list[Any] = [csr_matrix((0, n_items), dtype=np.float32)]
    for first, shared in shared_in_blocks(holds):
        of = np.repeat(np.arange(first, first + len(shared.indptr) - 1), np.diff(shared.indptr))
        value = shared.data / np.sqrt(buyers[of] * buyers[shared.indices])
        shared.data = np.where(of == shared.indices, 0, value).astype(np.float32)
        shared.eliminate_zeros()
        blocks.append(strongest(shared, most))
    whole: Any = vstack(blocks)
    return whole.tocsr()


def strongest(block: csr_matrix, most: int) -> csr_matrix:
    """Keep the largest values of each row, at most so many."""
    import numpy as np
    from scipy.sparse import csr_matrix

    sizes = np.diff(block.indptr)
    if sizes.max(initial=0) <= most:
        return block
    kept = [
        start + (np.argpartition(block.data[start : start + n], n - most)[n - most :] if n > most else np.arange(n))
        for start, n in zip(block.indptr[:-1], sizes, strict=True)
    ]
    place = np.concatenate(kept)
    ends = np.append(0, np.cumsum(np.minimum(sizes, most)))
    return csr_matrix((block.data[place], block.indices[place], ends), shape=block.shape)
