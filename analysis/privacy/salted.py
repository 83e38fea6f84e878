"""Ids of customers that are kept as salted hashes: known again when they are met, and read by nobody."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from analysis.engine import literal
from analysis.params import Params

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class Salted(Params):
    """What is kept of customers without their ids.

    Whoever holds salt and hash can test a guess: treat an exported file with the care of the customers' ids themselves.
    """

    salt: str = Field(default="", pattern=r"^([0-9a-f]{32})?$")

    def hashed(self, customer_id: str) -> str:
        """Return an id as it is kept: the first 32 digits of the SHA-256 of salt and id."""
        import hashlib

        return hashlib.sha256((self.salt + customer_id).encode()).hexdigest()[:32]


def hash_sql(column: str, salt: str) -> str:
    """Write ``Salted.hashed`` as SQL."""
    return f"left(sha256({literal(salt)} || {column}), 32)"
