"""``portrait audit verify | show | export``: the log of what was done with personal data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.voice import Voice

if TYPE_CHECKING:
    import argparse

    from analysis.workspace.audit import AuditFilter, Entry
    from texts import Translator

BROKEN = 1


def add(commands: Any, t: Translator) -> None:
    """Declare the command."""
    parser = commands.add_parser("audit", help=t("help.audit"))
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for name, run in (("verify", verify), ("show", show), ("export", export)):
        action = actions.add_parser(name, help=t(f"help.audit.{name}"))
        action.add_argument("--home", metavar="FOLDER", type=Path, help=t("help.workspace.home"))
        action.set_defaults(command=run, serves=False)
        if name != "verify":
            action.add_argument("--action", metavar="ACTION", action="append", help=t("help.audit.action"))
            action.add_argument("--who", metavar="NAME", help=t("help.audit.who"))
            action.add_argument("--study", metavar="ID", help=t("help.audit.study"))
            action.add_argument("--since", metavar="DAY", help=t("help.audit.since"))
            action.add_argument("--until", metavar="DAY", help=t("help.audit.until"))
        if name == "export":
            action.add_argument("-o", "--out", metavar="LOG.csv", required=True, help=t("help.audit.out"))


def verify(arguments: argparse.Namespace) -> int:
    """Follow the chain; 0 when every entry is as it was written and none is missing, else 1."""
    from analysis.workspace import Workspace

    t = Voice.of(arguments).t
    report = Workspace.open(arguments.home).verify_audit()
    for one in report.breaks:
        print(t(f"audit.break_{one.code}", n=one.position))
    if report.is_whole:
        print(t("audit.whole", n=report.n))
    return 0 if report.is_whole else BROKEN


def show(arguments: argparse.Namespace) -> int:
    """Print the entries, the newest first, one line each."""
    from analysis.workspace.audit_words import sentence

    t = Voice.of(arguments).t
    for one in _entries(arguments):
        print(f"{one.position}  {one.at:%Y-%m-%d %H:%M:%S} UTC  {one.who}  {sentence(one, t)}")
    return 0


def export(arguments: argparse.Namespace) -> int:
    """Write the entries as CSV."""
    from analysis.workspace.audit import written
    from analysis.workspace.files import whole_file

    entries = _entries(arguments)
    with whole_file(Path(arguments.out).absolute()) as part:
        part.write_bytes(written(entries))
    voice = Voice.of(arguments)
    voice.say(voice.t("audit.written", n=len(entries), file=arguments.out))
    return 0


def _entries(arguments: argparse.Namespace) -> list[Entry]:
    from analysis.workspace import Workspace

    return Workspace.open(arguments.home).audit(_filter(arguments))


def _filter(arguments: argparse.Namespace) -> AuditFilter:
    from analysis.workspace.audit import AuditFilter

    return AuditFilter(
        actions=tuple(arguments.action or ()),
        who=arguments.who,
        study_id=arguments.study,
        since=arguments.since,
        until=arguments.until,
    )
