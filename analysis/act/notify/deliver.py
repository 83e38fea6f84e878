"""A message on its way: the same id however often it is tried, waits that grow, and a record that outlives a stop."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from analysis.act.notify.address import looked_up, split_address
from analysis.act.notify.post import post
from analysis.act.notify.receiver import ReceiverKind
from analysis.act.notify.robots import code_of, pause, told, took
from analysis.act.notify.signing import webhook_signature
from analysis.params import Params

if TYPE_CHECKING:
    from analysis.act.campaign import Campaign
    from analysis.act.notify.address import Address
    from analysis.act.notify.post import Answer
    from analysis.act.notify.receiver import Receiver

TRIES = 6
FIRST_WAIT, MOST_WAIT = 2.0, 300.0  # seconds
BEGUN, STOPPED = "begun", "stopped"


class Try(Params):
    """One try: when, and what came back; ``begun`` while nobody knows, ``code`` that of a robot."""

    at: datetime
    status: int | None = None
    why: str = Field(max_length=40)
    code: int | None = None


class Delivery(Params):
    """A message, by its id, and every try; ``done`` and ``failed`` ones are not tried again.

    ``body`` holds counts and names of segments, no people: JSON for a webhook, a line of text for a robot. ``where``
    tells addresses apart (``Receiver.where``).
    """

    id: str = Field(pattern=r"^msg_[0-9a-f]{32}$")
    name: str = Field(max_length=120)
    body: str = Field(max_length=1_048_576)
    tries: tuple[Try, ...] = ()
    state: Literal["waiting", "done", "failed"] = "waiting"
    to: ReceiverKind = "webhook"
    host: str = Field(default="", max_length=300)
    where: str = Field(default="", max_length=16)

    def again(self) -> Delivery:
        """Return a message that failed as one to be tried again, under the same id."""
        return self.model_copy(update={"state": "waiting"}) if self.state == "failed" else self


def delivery_of(campaign: Campaign, receiver: Receiver | None = None, text: str = "") -> Delivery:
    """Return the message that a list was made: its name, day, window and counts by segment; for a robot ``text``.

    Examples
    --------
    >>> from datetime import date
    >>> from analysis.act.campaign import Campaign
    >>> from analysis.act.params import ListChoices
    >>> day = date(2024, 5, 1)
    >>> made = Campaign(name="May", made_on=day, as_of=day, method="rfm", choices=ListChoices(), seed="s", arms=())
    >>> json.loads(delivery_of(made).body)["type"]
    'list.made'
    """
    message = f"msg_{uuid.uuid4().hex}"
    if receiver is not None and receiver.kind != "webhook":
        facts = {"to": receiver.kind, "host": receiver.host, "where": receiver.where}
        return Delivery(id=message, name=campaign.name, body=text, **facts)
    announced = {
        "type": "list.made",
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": {
            "name": campaign.name,
            "made_on": campaign.made_on.isoformat(),
            "window_days": campaign.window_days,
            "channel": campaign.choices.channel,
            "segments": [
                {"segment": one.segment, "sent": len(one.sent), "held": len(one.held)} for one in campaign.arms
            ],
        },
    }
    facts = {} if receiver is None else {"host": receiver.host, "where": receiver.where}
    return Delivery(id=message, name=campaign.name, body=json.dumps(announced, ensure_ascii=False), **facts)


def deliver(
    delivery: Delivery,
    url: str,
    secret: str,
    *,
    keep: Callable[[Delivery], None] = lambda delivery: None,
    told_at: Iterable[datetime] = (),
    local: bool = False,
    tries: int = TRIES,
    wait: Callable[[float], None] = time.sleep,
) -> Delivery:
    """Post a message until it is taken, with the same id each time; what is done already is not sent again.

    A robot knows no ids: what was stopped while it was on its way to one is not sent a second time by itself, since
    nobody knows whether it arrived.

    Parameters
    ----------
    keep : callable
        Told the delivery before each try and after it, to write it down: after a stop it goes on from there.
    told_at : iterable of datetime
        When the same robot was told other things: its limits are kept by waiting.
    local : bool
        As ``looked_up``.
    wait : callable
        Told how many seconds to wait between tries: 2, 4, 8, … and at most 300.

    Returns
    -------
    Delivery
        ``done`` after a 2xx, of a robot with its code of success; ``failed`` after an answer that no further try would
        change, or after the last try.

    Raises
    ------
    AnalysisError
        What ``looked_up``, ``webhook_signature``, ``told`` and ``post`` refuse, before anything is sent.
    """
    if delivery.state != "waiting":
        return delivery
    before = list(told_at)
    if delivery.to != "webhook" and delivery.tries and delivery.tries[-1].why == BEGUN:
        last = delivery.tries[-1].model_copy(update={"why": STOPPED})
        delivery = delivery.model_copy(update={"tries": (*delivery.tries[:-1], last), "state": "failed"})
        keep(delivery)
        return delivery
    address = looked_up(url, local=local)
    _request(delivery, address, url, secret, 0)
    for number in range(tries):
        if delivery.to != "webhook":
            so_far = [*before, *(one.at for one in delivery.tries)]
            if seconds := pause(delivery.to, so_far, datetime.now(UTC)):
                wait(seconds)
        now = datetime.now(UTC)
        known = delivery.tries
        keep(delivery.model_copy(update={"tries": (*known, Try(at=now, why=BEGUN))}))
        answer = post(*_request(delivery, address, url, secret, int(now.timestamp())))
        code = None if delivery.to == "webhook" else code_of(delivery.to, answer)
        came = Try(at=now, status=answer.status, why=answer.why, code=code)
        state = _state(delivery.to, answer, last=number == tries - 1)
        delivery = delivery.model_copy(update={"tries": (*known, came), "state": state})
        keep(delivery)
        if delivery.state != "waiting":
            break
        wait(min(FIRST_WAIT * 2**number, MOST_WAIT))
    return delivery


def _request(
    delivery: Delivery, address: Address, url: str, secret: str, seconds: int
) -> tuple[Address, bytes, dict[str, str]]:
    """Return where a message is posted, what, and under which headers; a robot's signature may stand in the address."""
    if delivery.to == "webhook":
        body = delivery.body.encode()
        signature = webhook_signature(secret, delivery.id, seconds, body)
        headers = {"webhook-id": delivery.id, "webhook-timestamp": str(seconds), "webhook-signature": signature}
        return address, body, headers
    message = told(delivery.to, url, delivery.body, secret=secret, seconds=seconds)
    return replace(address, path=split_address(message.url, local=True).path), message.body, {}


def _state(to: ReceiverKind, answer: Answer, *, last: bool) -> Literal["waiting", "done", "failed"]:
    if to == "webhook":
        meant = "done" if answer.is_done else "later" if answer.is_worth_again else "refused"
    else:
        meant = took(to, answer)
    if meant == "done":
        return "done"
    return "failed" if last or meant == "refused" else "waiting"
