"""What every part of the workspace works with: its folder and its database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine


@dataclass(frozen=True)
class Base:
    """The folder of the files and the database of what they are."""

    home: Path
    engine: Engine
