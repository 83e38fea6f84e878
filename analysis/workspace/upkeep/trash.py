"""The trash of a workspace: what nobody names any more, with where it lay, until a person or thirty days empty it."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field

from analysis.errors import AnalysisError, ChoiceError
from analysis.params import Params
from analysis.workspace import files
from analysis.workspace.upkeep import folder

DAYS = 30
Kind = Literal["rows", "original", "study", "snapshot", "experiment", "table", "unfinished"]
_ITEM, _CONTENT = "item.json", "content"
_OWN_PATH = r"^(files|studies|experiments)/.+$"


@dataclass(frozen=True)
class Unnamed:
    """Something of ours that the database does not name: ``path`` is relative to the home, ``n_bytes`` its size."""

    path: str
    kind: Kind
    n_bytes: int


class Item(Params):
    """Something in the trash: what it is, where it lay (relative to the home), and when it came here (UTC)."""

    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    path: str = Field(pattern=_OWN_PATH)
    kind: Kind
    moved_at: datetime
    n_bytes: int = Field(ge=0)


def size(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder."""
    every = path.rglob("*") if path.is_dir() else [path]
    return sum(one.stat().st_size for one in every if one.is_file() and not one.is_symlink())


def throw(home: Path, unnamed: Unnamed) -> Item:
    """Move something into the trash, whole or not at all."""
    item = Item(**vars(unnamed), id=uuid.uuid4().hex, moved_at=datetime.now(UTC))
    place = home / folder.TRASH / item.id
    place.mkdir(mode=0o700, parents=True)
    # The description comes first: content that is there without it would be lost.
    with files.whole_file(place / _ITEM) as part:
        part.write_text(item.model_dump_json(), "utf-8")
    files.put(home / item.path, place / _CONTENT)
    return item


def items(home: Path) -> list[Item]:
    """Return what is in the trash, what came last first."""
    found = []
    for place in folder.own(home, folder.TRASH):
        try:
            item = Item.model_validate_json((place / _ITEM).read_bytes())
        except (OSError, ChoiceError):
            continue
        if item.id == place.name and (place / _CONTENT).exists() and ".." not in Path(item.path).parts:
            found.append(item)
    return sorted(found, key=lambda item: item.moved_at, reverse=True)


def restore(home: Path, item_id: str) -> Item:
    """Put something back where it lay.

    Raises
    ------
    AnalysisError
        ``trash_item_gone``; ``trash_place_taken``: something else lies there now.
    """
    item = next((one for one in items(home) if one.id == item_id), None)
    if item is None:
        raise AnalysisError("trash_item_gone", item=item_id)
    target = home / item.path
    if target.exists():
        raise AnalysisError("trash_place_taken", path=item.path)
    files.put(home / folder.TRASH / item.id / _CONTENT, target)
    files.remove(home / folder.TRASH / item.id)
    return item


def empty(home: Path, *, older_than: timedelta = timedelta(0)) -> list[Item]:
    """Delete what came into the trash longer ago than this; return it."""
    now = datetime.now(UTC)
    gone = [item for item in items(home) if now - item.moved_at >= older_than]
    for item in gone:
        files.remove(home / folder.TRASH / item.id)
    for place in folder.own(home, folder.TRASH):  # what a stop left of a move that did not take place
        if not (place / _CONTENT).exists():
            shutil.rmtree(place, ignore_errors=True)
    return gone
