"""What is kept between visits: studies, files, recipes, settings and snapshots.

The modules of this package import SQLAlchemy when they are loaded, so nothing outside imports them at its top;
``from analysis.workspace import Workspace`` loads them at first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.workspace.store import Workspace

__all__ = ["Workspace"]


def __getattr__(name: str) -> Any:
    if name == "Workspace":
        from analysis.workspace.store import Workspace

        return Workspace
    raise AttributeError(name)
