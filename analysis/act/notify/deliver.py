"""A message on its way: the same id however often it is tried, waits that grow, and a record that outlives a stop."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from analysis.act.notify.address import looked_up
from analysis.act.notify.post import post
from analysis.act.notify.signing import webhook_signature
from analysis.params import Params

if TYPE_CHECKING:
    from analysis.act.campaign import Campaign
    from analysis.act.notify.post import Answer

TRIES = 6
FIRST_WAIT, MOST_WAIT = 2.0, 300.0  # seconds


class Try(Params):
    """One try: when, and what came back."""

    at: datetime
    status: int | None = None
    why: str = Field(max_length=40)


class Delivery(Params):
    """A message, by its id, and every try; ``done`` and ``failed`` ones are not tried again.

    ``body`` holds counts and names of segments, no people.
    """

    id: str = Field(pattern=r"^msg_[0-9a-f]{32}$")
    name: str = Field(max_length=120)
    body: str = Field(max_length=1_048_576)
    tries: tuple[Try, ...] = ()
    state: Literal["waiting", "done", "failed"] = "waiting"


def delivery_of(campaign: Campaign) -> Delivery:
    """Return the message that a list was made: its name, day, window and counts by segment.

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
    told = {
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
    return Delivery(id=f"msg_{uuid.uuid4().hex}", name=campaign.name, body=json.dumps(told, ensure_ascii=False))


def deliver(
    delivery: Delivery,
    url: str,
    secret: str,
    *,
    keep: Callable[[Delivery], None] = lambda delivery: None,
    local: bool = False,
    tries: int = TRIES,
    wait: Callable[[float], None] = time.sleep,
) -> Delivery:
    """Post a message until it is taken, with the same id each time; what is done already is not sent again.

    Parameters
    ----------
    keep : callable
        Told the delivery before each try and after it, to write it down: after a stop it goes on from there.
    local : bool
        As ``looked_up``.
    wait : callable
        Told how many seconds to wait between tries: 2, 4, 8, … and at most 300.

    Returns
    -------
    Delivery
        ``done`` after a 2xx; ``failed`` after an answer that no further try would change, or after the last try.

    Raises
    ------
    AnalysisError
        What ``looked_up``, ``webhook_signature`` and ``post`` refuse, before anything is sent.
    """
    if delivery.state != "waiting":
        return delivery
    address = looked_up(url, local=local)
    body = delivery.body.encode()
    webhook_signature(secret, delivery.id, 0, body)
    for number in range(tries):
        keep(delivery)
        now = datetime.now(UTC)
        stamp = int(now.timestamp())
        answer = post(
            address, body,
            {
                "webhook-id": delivery.id,
                "webhook-timestamp": str(stamp),
                "webhook-signature": webhook_signature(secret, delivery.id, stamp, body),
            },
        )  # fmt: skip
        last = number == tries - 1
        delivery = delivery.model_copy(
            update={
                "tries": (*delivery.tries, Try(at=now, status=answer.status, why=answer.why)),
                "state": _state(answer, last=last),
            }
        )
        keep(delivery)
        if delivery.state != "waiting":
            break
        wait(min(FIRST_WAIT * 2**number, MOST_WAIT))
    return delivery


def _state(answer: Answer, *, last: bool) -> Literal["waiting", "done", "failed"]:
    if answer.is_done:
        return "done"
    return "failed" if last or not answer.is_worth_again else "waiting"
