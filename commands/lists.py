"""``portrait list steps | make | results | notify``: a list to send from a study, what came of one, and who is told."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.study import add_actions, campaign_named, is_unmasked, opened, study_of, words_of
from commands.voice import Voice

SECRET = "PORTRAIT_WEBHOOK_SECRET"
EVERYBODY = "everybody"  # the one segment of a list that takes all, as ``overview.cards`` calls it
if TYPE_CHECKING:
    import argparse

    from analysis.act.ladder import Ladder
    from analysis.act.notify.receiver import Receiver
    from analysis.act.params import ListChoices
    from analysis.act.people import People
    from analysis.profiles.result import Profiles
    from analysis.study import Run
    from analysis.workspace import Workspace
    from texts import Translator


def add(commands: Any, t: Translator) -> None:
    """Declare the command."""
    actions = {"steps": steps, "make": make, "results": results, "notify": notify}
    for name, action in add_actions(commands, t, "list", actions).items():
        if name in ("results", "notify"):
            action.add_argument("name", metavar="LIST", help=t("help.list.name"))
        if name == "results":
            action.add_argument("file", metavar="FILE", nargs="?", help=t("help.list.file"))
            continue
        if name == "notify":
            action.add_argument("--to", metavar="URL", help=t("help.list.to"))
            action.add_argument("--robot", metavar="ROBOT", help=t("help.list.robot"))
            action.add_argument("--dry-run", action="store_true", help=t("help.list.dry_run"))
            continue
        action.add_argument("--method", metavar="METHOD", help=t("help.list.method"))
        action.add_argument("--segment", metavar="SEGMENT", action="append", default=[], help=t("help.list.segment"))
        action.add_argument("--channel", metavar="CHANNEL", default="other", help=t("help.list.channel"))
        action.add_argument("--hold-out", metavar="SHARE", type=float, default=0.1, help=t("help.list.hold_out"))
        action.add_argument("--quiet-days", metavar="N", type=int, default=14, help=t("help.list.quiet_days"))
        action.add_argument("--most", metavar="N", type=int, default=0, help=t("help.list.most"))
        action.add_argument("--name", metavar="NAME", default=date.today().isoformat(), help=t("help.list.called"))
        if name == "steps":
            action.add_argument("--json", action="store_true", help=t("help.tags.json"))
        else:
            action.add_argument("-o", "--out", metavar="LIST.csv", required=True, help=t("help.list.out"))
            action.add_argument("--unmask", metavar="REASON", required=True, help=t("help.list.unmask"))
            action.add_argument("--contact-confirmed", action="store_true", help=t("help.run.contact_confirmed"))
            action.add_argument("--layout", metavar="LAYOUT", default="plain", help=t("help.list.layout"))
            action.add_argument("--window", metavar="N", type=int, default=30, help=t("help.list.window"))


def steps(arguments: argparse.Namespace) -> int:
    """Print who is left after each step; nothing is kept."""
    from analysis.act.words import answer, step_words, why_words
    from analysis.plain import plain
    from analysis.translate import prose

    voice = Voice.of(arguments)
    workspace, _, _, _, ladder = _ladder(arguments)
    t = words_of(voice, workspace, workspace.study_named(arguments.study))
    if arguments.json:
        rows = [{"step": one.step, "customers": one.n, "value": one.value, "gone": one.gone} for one in ladder.rungs]
        print(json.dumps(plain(rows), ensure_ascii=False, indent=2))
        return 0
    print(prose(answer(ladder, t), t))
    for rung in ladder.rungs:
        print(f"{t.number(rung.n):>10}  {step_words(rung, ladder, t)}  {why_words(rung, ladder, t)}".rstrip())
    return 0


def make(arguments: argparse.Namespace) -> int:
    """Make a list, keep it with the study, and write its file; the reason is logged before anything is written."""
    from analysis.act.make import campaign_of
    from analysis.act.reach import region_of
    from analysis.errors import AnalysisError, ChoiceError
    from analysis.exports.act.layouts import LAYOUTS, Handed, list_frame
    from analysis.exports.act.write import write_list
    from analysis.exports.words import contact_mark
    from analysis.privacy.consent import consent_is_known
    from analysis.workspace.files import whole_file

    voice = Voice.of(arguments)
    is_unmasked(arguments)
    if arguments.layout not in LAYOUTS:
        raise ChoiceError("choice_not_offered", value=arguments.layout, field="layout", known=LAYOUTS)
    workspace, run, profiles, people, ladder = _ladder(arguments)
    study_id, method = workspace.study_named(arguments.study), _method(arguments, run)
    t = words_of(voice, workspace, study_id)
    campaign = campaign_of(
        ladder, people, profiles, name=arguments.name, method=method or EVERYBODY,
        seed=arguments.name, made_on=date.today(), window_days=arguments.window or None,
        taken=[one.name for one in workspace.campaigns(study_id)],
    )  # fmt: skip
    care, is_known = workspace.care(study_id), consent_is_known(profiles.customers)
    confirmed = care.contact_confirmed
    if arguments.contact_confirmed and not is_known:
        confirmed = confirmed or date.today()
    names = _names(run, method, t)
    handed = Handed(
        profiles, ladder.sent, [names.get(key, "") for key in ladder.labels], campaign.name,
        region=ladder.reach.region or region_of(profiles, ladder.choices, currency=run.recipe.currency),
        is_agreed=is_known or confirmed is not None,
        contact=contact_mark(profiles.customers, confirmed, t),
    )  # fmt: skip
    frame, path = list_frame(arguments.layout, handed, t), Path(arguments.out).absolute()
    if path.suffix not in (".csv", ".xlsx"):
        raise AnalysisError("act_no_file_kind", file=path.name)
    if confirmed != care.contact_confirmed:
        workspace.save_care(study_id, care.model_copy(update={"contact_confirmed": confirmed}))
    workspace.add_campaign(study_id, campaign)
    reason = arguments.unmask.strip()
    workspace.hand_over(study_id, campaign.name, reason=reason, layout=arguments.layout, rows=len(frame))
    kind: Any = path.suffix[1:]
    with whole_file(path) as part:
        write_list(frame, part, kind, title=campaign.name, day=campaign.made_on)
    voice.say(t("act.written", sent=campaign.n_sent, held=campaign.n_held, file=arguments.out))
    return 0


def results(arguments: argparse.Namespace) -> int:
    """Read what came of a list, from a file of results or from the orders of the study, and keep it."""
    from analysis.act.outcome import came_by_orders, came_by_results, read_outcome
    from analysis.act.outcome_words import outcome_words, results_words
    from analysis.act.result_rows import result_rows
    from analysis.translate import prose
    from commands.tags import rows_of

    voice = Voice.of(arguments)
    workspace, run, profiles, people = _known(arguments)
    study_id = workspace.study_named(arguments.study)
    t = words_of(voice, workspace, study_id)
    campaign = campaign_named(workspace, study_id, arguments.name)
    if arguments.file:
        rows = rows_of(arguments.file)
        columns = result_rows(rows, {str(one) for one in profiles.customers["customer_id"]})
        found = came_by_results(
            campaign, people, profiles, columns.read(rows), read_on=date.today(), cost=campaign.cost
        )
        print(prose(results_words(found, columns.n_twice(rows), t), t))
        came = found.came
    else:
        came = came_by_orders(campaign, people, profiles, run.prepared().standard, cost=campaign.cost)
    workspace.change_campaign(
        study_id, campaign.name, lambda now: now.model_copy(update={"came": came, "state": "done"})
    )
    for line in outcome_words(read_outcome(campaign, came), _names(run, campaign.method, t), t):
        print(line)
    return 0


def notify(arguments: argparse.Namespace) -> int:
    """Tell another system that a list was made; what was stopped goes on, what was told is not told again."""
    from analysis.act.notify.deliver import STOPPED
    from analysis.act.notify.robots import told
    from analysis.act.words import try_words
    from analysis.errors import AnalysisError

    voice = Voice.of(arguments)
    workspace, study_id = opened(arguments)
    campaign = campaign_named(workspace, study_id, arguments.name)
    receiver = _receiver(arguments, workspace, study_id)
    text = voice.t("act.robot_text", name=campaign.name, sent=campaign.n_sent, held=campaign.n_held)
    delivery = workspace.delivery(study_id, campaign, receiver, text).again()
    if arguments.dry_run:
        if delivery.to == "webhook":
            print(delivery.body)
        else:
            print(told(delivery.to, receiver.url, delivery.body).body.decode())
        return 0
    delivery = workspace.tell(study_id, delivery, receiver)
    if delivery.state != "done":
        last = delivery.tries[-1]
        if last.why == STOPPED:
            raise AnalysisError("act_maybe_told", host=receiver.host)
        raise AnalysisError("act_not_told", host=receiver.host, n=len(delivery.tries), why=try_words(last, voice.t))
    voice.say(voice.t("act.told", host=receiver.host, name=campaign.name))
    return 0


def _receiver(arguments: argparse.Namespace, workspace: Workspace, study_id: str) -> Receiver:
    """Return whom to tell: the address that is typed, else the one that the study keeps."""
    from analysis.act.notify.receiver import Receiver, ReceiverKind
    from analysis.act.notify.robots import ROBOTS
    from analysis.errors import AnalysisError, ChoiceError

    kind: ReceiverKind = arguments.robot or "webhook"
    if arguments.robot and arguments.robot not in ROBOTS:
        raise ChoiceError("choice_not_offered", value=arguments.robot, field="robot", known=ROBOTS)
    if arguments.to:
        return Receiver(kind, arguments.to, os.environ.get(SECRET, ""))
    kept = workspace.receiver(study_id, kind)
    if kept is None:
        raise AnalysisError("act_no_receiver")
    return kept


def _known(arguments: argparse.Namespace) -> tuple[Workspace, Run, Profiles, People]:
    from analysis.act.people import people_of

    workspace, run = study_of(arguments)
    merges = workspace.people_salt(workspace.study_named(arguments.study))
    profiles = run.tagged().profiles if run.recipe.tags else run.prepared().profiles
    return workspace, run, profiles, people_of(profiles.customers["customer_id"].tolist(), merges)


def _method(arguments: argparse.Namespace, run: Run) -> str | None:
    """Return the segmentation of the list: the one that is named, for segments without a name that of the cards."""
    if arguments.method:
        return arguments.method
    plan = run.cards().plan if arguments.segment else None
    return plan.params.kind if plan is not None else None


def _names(run: Run, method: str | None, t: Translator) -> dict[str, str]:
    """Return what the segments of a list are called; none where the study has its segmentation no more."""
    from analysis.errors import AnalysisError
    from analysis.segments.names import edited_names, segment_names

    if method in (None, EVERYBODY):
        return segment_names([EVERYBODY], t)
    try:
        return edited_names(*run.segmentation(str(method)), t)
    except AnalysisError:
        return {}


def _ladder(arguments: argparse.Namespace) -> tuple[Workspace, Run, Profiles, People, Ladder]:
    from analysis.act.contacts import contacts_of
    from analysis.act.ladder import eligibility

    workspace, run, profiles, people = _known(arguments)
    if arguments.channel != "other" or "unmask" in arguments:
        workspace.need_key()
    study_id, method = workspace.study_named(arguments.study), _method(arguments, run)
    labels: Any = [EVERYBODY] * len(profiles.customers)
    if method is not None:
        labels = run.segmentation(method)[1].segmentation.labels
    contacts = contacts_of(
        profiles, people, workspace.campaigns(study_id), on=date.today(), standard=run.prepared().standard
    )
    ladder = eligibility(
        profiles, labels, _choices(arguments), people, seed=arguments.name, contacts=contacts,
        hold_out=workspace.hold_out(study_id), currency=run.recipe.currency,
    )  # fmt: skip
    return workspace, run, profiles, people, ladder


def _choices(arguments: argparse.Namespace) -> ListChoices:
    from analysis.act.params import ListChoices

    return ListChoices(
        segments=tuple(arguments.segment), channel=arguments.channel, hold_out=arguments.hold_out,
        quiet_days=arguments.quiet_days, most=arguments.most,
    )  # fmt: skip
