"""``portrait audit verify | show | export | assessment``: the log of what was done with personal data."""

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
    privacy = actions.add_parser("assessment", help=t("help.audit.assessment"))
    privacy.add_argument("study", metavar="STUDY", help=t("help.audit.assessment_study"))
    privacy.add_argument("--home", metavar="FOLDER", type=Path, help=t("help.workspace.home"))
    privacy.add_argument("-o", "--out", metavar="PAGE.html", help=t("help.audit.assessment_out"))
    privacy.set_defaults(command=assessment, serves=False)
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


def assessment(arguments: argparse.Namespace) -> int:
    """Print the privacy impact assessment of a study, or write it as a page to print."""
    from datetime import date

    from analysis.exports.printed.assessment import assessment_html
    from analysis.intake.suggesting.personal import find_personal
    from analysis.workspace import Workspace
    from analysis.workspace.care.assessment import assess
    from analysis.workspace.care.words import answer, sections
    from analysis.workspace.files import whole_file

    voice, workspace = Voice.of(arguments), Workspace.open(arguments.home)
    t = voice.t
    try:
        study_id = workspace.study_named(arguments.study)
        columns = find_personal(workspace.raw_tables(study_id)).columns
        found = assess(workspace, study_id, columns, today=date.today())
    finally:
        workspace.close()
    name, parts = t("assessment.name", study=found.study), sections(found, t)
    if arguments.out:
        page = assessment_html(name, found.made_on, answer(found, t), parts, t, language=voice.language)
        with whole_file(Path(arguments.out).absolute()) as part:
            part.write_text(page, "utf-8")
        voice.say(t("assessment.written", study=found.study, file=arguments.out))
        return 0
    print(name, answer(found, t), sep="\n")
    for one in parts:
        print("", one.title, *one.sentences, *("  ".join(row) for row in one.table), sep="\n")
    return 0


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
