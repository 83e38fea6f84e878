"""One POST: to the address as it was judged, without following anywhere, with little read of the answer."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from analysis.act.notify.address import Address
from analysis.errors import AnalysisError

MOST_BODY, MOST_ANSWER = 1_048_576, 65_536
SECONDS = 15.0
# Answers after which it is worth asking again: too early, too much, or the other side's own trouble.
AGAIN = (408, 425, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Answer:
    """What came back: a status of HTTP, or None with why (``refused``, ``slow``, ``broken``, ``no_tls``).

    ``body`` is at most 64 KB; ``is_done`` only for 2xx.
    """

    status: int | None
    why: str
    body: bytes = b""

    @property
    def is_done(self) -> bool:
        """Whether the other side took it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_worth_again(self) -> bool:
        """Whether asking again later may help."""
        return self.status in AGAIN if self.status is not None else self.why != "no_tls"


class _Pinned(http.client.HTTPSConnection):
    """Speaks to one network address under the name of its certificate."""

    def __init__(self, address: Address, seconds: float) -> None:
        self._context = ssl.create_default_context()
        super().__init__(address.host, address.port, timeout=seconds, context=self._context)
        self._ip = address.ip

    def connect(self) -> None:
        """Open the socket to the address that was judged."""
        plain = socket.create_connection((self._ip, self.port), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)


class _PinnedPlain(http.client.HTTPConnection):
    def __init__(self, address: Address, seconds: float) -> None:
        super().__init__(address.host, address.port, timeout=seconds)
        self._ip = address.ip

    def connect(self) -> None:
        """Open the socket to the address that was judged."""
        self.sock = socket.create_connection((self._ip, self.port), self.timeout)


def post(address: Address, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS) -> Answer:
    """Post a body once and say what came back; a redirect is an answer like any other, and never followed.

    Raises
    ------
    AnalysisError
        ``act_body_too_large`` (n, most).
    """
    if len(body) > MOST_BODY:
        raise AnalysisError("act_body_too_large", n=len(body), most=MOST_BODY)
    connection: Any = (_Pinned if address.scheme == "https" else _PinnedPlain)(address, seconds)
    until = monotonic() + seconds
    try:
        connection.request("POST", address.path, body, {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        return Answer(answer.status, "answered", _read(answer, connection, until))
    except ssl.SSLError:
        return Answer(None, "no_tls")
    except TimeoutError:
        return Answer(None, "slow")
    except ConnectionRefusedError:
        return Answer(None, "refused")
    except (OSError, http.client.HTTPException):
        return Answer(None, "broken")
    finally:
        connection.close()


def _read(answer: http.client.HTTPResponse, connection: Any, until: float) -> bytes:
    """Read the answer up to its limit and its time; a slow drip does not hold the caller."""
    found = b""
    while len(found) < MOST_ANSWER:
        left = until - monotonic()
        if left <= 0:
            break
        if connection.sock is not None:
            connection.sock.settimeout(left)
        try:
            part = answer.read1(min(8_192, MOST_ANSWER - len(found)))
        except (OSError, http.client.HTTPException):
            break
        if not part:
            break
        found += part
    return found
