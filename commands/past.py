"""``portrait workspace past``: the runs of a study, and the study as it was on the day of one of them."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.voice import Voice

if TYPE_CHECKING:
    import argparse

    from texts import Translator


def add(actions: Any, t: Translator) -> None:
    """Declare the action."""
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
        from texts import translator

        words = translator(voice.language, result.recipe.money_in)
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
