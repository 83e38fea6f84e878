"""``portrait workspace …``: what is kept between visits, looked over, mended, cleared of a customer and encrypted."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.voice import Voice

if TYPE_CHECKING:
    import argparse

    from analysis.workspace.upkeep.check import Finding
    from texts import Translator

NOT_WELL = 1


def add(commands: Any, t: Translator) -> None:
    """Declare the command."""
    parser = commands.add_parser("workspace", help=t("help.workspace"))
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    _add_past(actions, t)
    for name, run in (
        ("check", check),
        ("repair", repair),
        ("trash", trash),
        ("forget", forget),
        ("encrypt", encrypt),
        ("rekey", rekey),
    ):
        action = actions.add_parser(name, help=t(f"help.workspace.{name}"))
        action.add_argument("--home", metavar="FOLDER", type=Path, help=t("help.workspace.home"))
        action.set_defaults(command=run, serves=False)
        if name == "forget":
            action.add_argument("study", metavar="STUDY", help=t("help.workspace.study"))
            action.add_argument("customer", metavar="ID", help=t("help.workspace.customer"))
        if name == "rekey":
            action.add_argument("--begin-anew", action="store_true", help=t("help.workspace.begin_anew"))
        if name == "trash":
            what = action.add_mutually_exclusive_group()
            what.add_argument("--restore", metavar="ITEM", help=t("help.workspace.restore"))
            what.add_argument("--empty", action="store_true", help=t("help.workspace.empty"))


def check(arguments: argparse.Namespace) -> int:
    """Print what the workspace is like; 0 when all that is named is there, else 1."""
    from analysis.workspace.upkeep import check

    report = check.check(arguments.home)
    t = Voice.of(arguments).t
    if report.problem is not None:
        print(t(f"error.{report.problem.code}", **report.problem.facts))
    _tell(report.findings(), t)
    return 0 if report.is_well else NOT_WELL


def repair(arguments: argparse.Namespace) -> int:
    """Mend the workspace, print what was done and what is left; 0 when all that is named is there again, else 1."""
    from analysis.workspace.upkeep import check
    from analysis.workspace.upkeep.check import Finding

    done = check.repair(arguments.home)
    _tell(done or [Finding("nothing_to_do", {})], Voice.of(arguments).t)
    report = check.check(arguments.home)
    _tell(report.findings(), Voice.of(arguments).t)
    return 0 if report.is_well else NOT_WELL


def trash(arguments: argparse.Namespace) -> int:
    """List the trash, put one thing back, or empty it."""
    from analysis.workspace.home import home_folder
    from analysis.workspace.upkeep import check, trash
    from analysis.workspace.upkeep.check import Finding

    home, t = home_folder(arguments.home), Voice.of(arguments).t
    if arguments.restore:
        _tell([Finding("put_back", {"path": check.restore(arguments.restore, home).path})], t)
    elif arguments.empty:
        _tell([Finding("emptied", {"n": len(trash.empty(home))})], t)
    else:
        _tell(check.trash_findings(home) or [Finding("trash_empty", {})], t)
    return 0


def forget(arguments: argparse.Namespace) -> int:
    """Forget a customer of a study, which is named by its id or its name, and print what was touched."""
    from analysis.workspace import Workspace
    from analysis.workspace.upkeep.receipt_words import receipt_words

    workspace = Workspace.open(arguments.home)
    try:
        receipt = workspace.forget(workspace.study_named(arguments.study), arguments.customer)
    finally:
        workspace.close()
    for line in receipt_words(receipt, Voice.of(arguments).t):
        print(line)
    return 0


def encrypt(arguments: argparse.Namespace) -> int:
    """Encrypt the personal columns and uploads of a workspace from before; print what was."""
    from analysis.workspace import Workspace
    from analysis.workspace.upkeep.check import Finding

    workspace = Workspace.open(arguments.home)
    try:
        done = workspace.encrypt()
    finally:
        workspace.close()
    _tell([Finding("encrypted", vars(done))], Voice.of(arguments).t)
    return 0


def rekey(arguments: argparse.Namespace) -> int:
    """Give a workspace another key, and print where it is kept."""
    from analysis.workspace import Workspace
    from analysis.workspace.upkeep.check import Finding

    workspace = Workspace.open(arguments.home)
    try:
        workspace.rekey("begin_anew" if arguments.begin_anew else "refuse")
        _tell([Finding("rekeyed", {"place": workspace.key_place})], Voice.of(arguments).t)
    finally:
        workspace.close()
    return 0


def _tell(findings: list[Finding], t: Translator) -> None:
    for finding in findings:
        print(t(f"workspace.{finding.code}", **finding.facts))


def _add_past(actions: Any, t: Translator) -> None:
    """Declare the action that looks back."""
    action = actions.add_parser("past", help=t("help.workspace.past"))
    action.add_argument("study", metavar="STUDY", help=t("help.workspace.study"))
    action.add_argument("day", metavar="DAY", nargs="?", help=t("help.workspace.day"))
    action.add_argument("-o", "--out", metavar="OUT", type=Path, help=t("help.workspace.out"))
    action.add_argument("--home", metavar="FOLDER", type=Path, help=t("help.workspace.home"))
    action.set_defaults(command=past, serves=False)


def past(arguments: argparse.Namespace) -> int:
    """List the runs of a study; with a day, compute that one again, say what it found and write its files."""
    from analysis.workspace import Workspace
    from analysis.workspace.refreshing.past import differing, open_past, run_of_day
    from analysis.workspace.refreshing.past_words import differing_words, listed

    voice, workspace = Voice.of(arguments), Workspace.open(arguments.home)
    t = voice.t
    try:
        found = workspace.snapshots(workspace.study_named(arguments.study))
        if arguments.day is None:
            for info in found:
                print(listed(info, info.taken_at.astimezone(UTC), t))
            if not found:
                voice.say(t("past.none"))
            return 0
        then = open_past(workspace, run_of_day(found, arguments.day).id)
        voice.say(t("past.banner", day=then.info.as_of, taken=f"{then.info.taken_at:%Y-%m-%d %H:%M}"))
        result = then.result()
        if not then.is_same_version:
            voice.say(t("past.other_version"))
        from analysis.exports.words import answer
        from analysis.translate import prose

        words = voice.of_study(result, workspace.play_settings(then.info.study_id))
        for line in differing_words(differing(then.info.summary, result), words):
            voice.say(line)
        print(prose(answer(result, words), words))
        if arguments.out:
            from analysis.exports.folder import write_folder

            then.record("exported", then.info.study_id, what="folder", masked=True)
            write_folder(result, arguments.out, words)
    finally:
        workspace.close()
    return 0
