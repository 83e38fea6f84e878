"""A study that a command names: opened, with all that its results rest on; and personal data of it in full.

Personal data in full is a deliberate act with a reason, logged in the workspace before anything is written.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    from analysis.act.campaign import Campaign
    from analysis.study import Run
    from analysis.workspace import Workspace
    from analysis.workspace.records import Carried
    from commands.voice import Voice
    from texts import Translator


def add_actions(
    commands: Any, t: Translator, command: str, actions: Mapping[str, Callable[[argparse.Namespace], int]]
) -> dict[str, Any]:
    """Declare a command and its actions, each for a study of the workspace; return the parsers of the actions."""
    parser = commands.add_parser(command, help=t(f"help.{command}"))
    offered = parser.add_subparsers(metavar="ACTION", required=True)
    parsers = {}
    for name, run in actions.items():
        action = offered.add_parser(name, help=t(f"help.{command}.{name}"))
        action.add_argument("study", metavar="STUDY", help=t("help.tags.study"))
        action.add_argument("--home", metavar="FOLDER", type=Path, help=t("help.workspace.home"))
        action.set_defaults(command=run, serves=False)
        parsers[name] = action
    return parsers


def opened(arguments: argparse.Namespace) -> tuple[Workspace, str]:
    """Return the workspace and the id of the study that is named."""
    from analysis.workspace import Workspace

    workspace = Workspace.open(arguments.home)
    return workspace, workspace.study_named(arguments.study)


def study_of(arguments: argparse.Namespace) -> tuple[Workspace, Run]:
    """Return the workspace, and the study with all that its results rest on."""
    workspace, study_id = opened(arguments)
    return workspace, run_of(workspace, study_id, workspace.carried(study_id))


def run_of(workspace: Workspace, study_id: str, kept: Carried) -> Run:
    """Return a study with what its results rest on besides files and recipe."""
    from analysis.study import begin

    return begin(
        workspace.raw_tables(study_id), workspace.load_recipe(study_id).recipe,
        merges=kept.merges, imported=kept.imported, forgotten=kept.forgotten,
    )  # fmt: skip


def words_of(voice: Voice, workspace: Workspace, study_id: str) -> Translator:
    """Return the translator of a kept study: of its currency, and of what the trade chosen for it calls customers."""
    recipe = workspace.load_recipe(study_id).recipe
    return voice.of_tables(workspace.raw_tables(study_id), recipe, workspace.play_settings(study_id))


def campaign_named(workspace: Workspace, study_id: str, name: str) -> Campaign:
    """Return a list that was made; refuses ``act_no_list`` (name, known)."""
    from analysis.errors import AnalysisError

    known = {one.name: one for one in workspace.campaigns(study_id)}
    if name not in known:
        raise AnalysisError("act_no_list", name=name, known=tuple(known))
    return known[name]


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
