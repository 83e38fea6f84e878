"""Personal data in full: a deliberate act with a reason, logged in the workspace before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def is_unmasked(arguments: argparse.Namespace) -> bool:
    """Say whether personal data is to be written in full.

    Raises
    ------
    AnalysisError
        ``unmask_without_reason``.
    """
    from analysis.errors import AnalysisError

    if arguments.unmask is None:
        return False
    if not arguments.unmask.strip():
        raise AnalysisError("unmask_without_reason")
    return True


def log_unmasked(arguments: argparse.Namespace) -> None:
    """Enter in the log of the workspace who takes personal data along in full, and why."""
    from analysis.workspace import Workspace

    workspace = Workspace.open()
    try:
        workspace.record("exported", what="folder", masked=False, reason=arguments.unmask.strip())
    finally:
        workspace.close()
