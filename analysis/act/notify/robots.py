"""Robots of chats: what each wants to be told, how much of it, and how it says no. Counts and links, never people.

References
----------
企业微信: developer.work.weixin.qq.com, document 99398 (20 messages a minute; text 2,048 bytes, markdown 4,096).
钉钉: custom robots (20 a minute, then blocked for ten; keyword or signature).
飞书: open.larkoffice.com, custom bot (100 a minute, 5 a second, 20 KB; 11232 when too many ask at once).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from analysis.act.notify.post import Answer
from analysis.act.notify.signing import dingtalk_signature, feishu_signature
from analysis.errors import AnalysisError

Robot = Literal["wecom", "dingtalk", "feishu"]
ROBOTS: tuple[Robot, ...] = get_args(Robot)
MOST_BYTES: dict[Robot, int] = {"wecom": 2_048, "dingtalk": 20_000, "feishu": 20_480}
# So many messages within so many seconds.
LIMITS: dict[Robot, tuple[tuple[int, float], ...]] = {
    "wecom": ((20, 60.0),), "dingtalk": ((20, 60.0),), "feishu": ((100, 60.0), (5, 1.0)),
}  # fmt: skip
# Codes that say: too much now, ask again later.
_LATER: dict[Robot, tuple[int, ...]] = {"wecom": (45009,), "dingtalk": (130101, 660026), "feishu": (11232, 9499)}


@dataclass(frozen=True)
class Told:
    """What is posted to a robot: the address with what it adds to it, and the body."""

    url: str
    body: bytes


def told(robot: Robot, url: str, text: str, *, secret: str = "", seconds: int = 0) -> Told:
    """Return what a robot is posted.

    Parameters
    ----------
    text : str
        Plain text.
    secret : str
        Of its signature, where it asks for one.
    seconds : int
        Now, since 1970.

    Raises
    ------
    AnalysisError
        ``act_text_too_long`` (n, most): bytes of UTF-8; a text is never cut in silence.

    Examples
    --------
    >>> json.loads(told("wecom", "https://x.org/send?key=1", "82 to call").body)["text"]["content"]
    '82 to call'
    """
    body: dict[str, Any] = {"msgtype": "text", "text": {"content": text}}
    if robot == "feishu":
        body = {"msg_type": "text", "content": {"text": text}}
        if secret:
            body |= {"timestamp": str(seconds), "sign": feishu_signature(secret, seconds)}
    if robot == "dingtalk" and secret:
        joined = "&" if "?" in url else "?"
        milliseconds = seconds * 1000
        url = f"{url}{joined}timestamp={milliseconds}&sign={dingtalk_signature(secret, milliseconds)}"
    data = json.dumps(body, ensure_ascii=False).encode()
    n = len(text.encode()) if robot == "wecom" else len(data)
    if n > MOST_BYTES[robot]:
        raise AnalysisError("act_text_too_long", n=n, most=MOST_BYTES[robot])
    return Told(url, data)


def pause(robot: Robot, told_at: Iterable[datetime], now: datetime) -> float:
    """Return how many seconds to wait until one more message keeps within the limits of a robot; 0 for none.

    Parameters
    ----------
    told_at : iterable of datetime
        When the same robot was told something before, by whomever.

    Examples
    --------
    >>> from datetime import UTC
    >>> now = datetime(2024, 5, 1, 12, 0, 30, tzinfo=UTC)
    >>> pause("wecom", [now.replace(second=one) for one in range(20)], now), pause("wecom", [], now)
    (30.0, 0.0)
    """
    ages = sorted(age for one in told_at if (age := (now - one).total_seconds()) >= 0)
    return max(
        (within - ages[most - 1] for most, within in LIMITS[robot] if len(ages) >= most and ages[most - 1] < within),
        default=0.0,
    )


def took(robot: Robot, answer: Answer) -> Literal["done", "later", "refused"]:
    """Say what the answer of a robot means: they say no with a status of 200 and a code in the body.

    Examples
    --------
    >>> took("feishu", Answer(200, "answered", b'{"code": 11232}')), took("wecom", Answer(200, "answered", b"{}"))
    ('later', 'refused')
    """
    if not answer.is_done:
        return "later" if answer.is_worth_again else "refused"
    code = code_of(robot, answer)
    if code == 0:
        return "done"
    return "later" if code in _LATER[robot] else "refused"


def code_of(robot: Robot, answer: Answer) -> int | None:
    """Return the code of a robot in the body of its answer; None where there is none."""
    try:
        found: Any = json.loads(answer.body)
        code = found.get("code", found.get("StatusCode")) if robot == "feishu" else found.get("errcode")
    except (ValueError, AttributeError):
        return None
    return code if isinstance(code, int) and not isinstance(code, bool) else None
