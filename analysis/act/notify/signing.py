"""Signatures: of a webhook as Standard Webhooks writes it, and those that robots of chats ask for.

References
----------
Standard Webhooks, specification (github.com/standard-webhooks/standard-webhooks). 钉钉 and 飞书: their pages on custom
robots, "加签" and "签名校验".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from urllib.parse import quote_plus

from analysis.errors import AnalysisError

PREFIX = "whsec_"
LEAST_KEY, MOST_KEY = 24, 64  # bytes, as the specification asks


def webhook_signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of ``webhook-signature``: version 1, HMAC-SHA256 of id, time and body.

    Parameters
    ----------
    secret : str
        Base64 of 24 to 64 bytes, with or without ``whsec_`` before it.
    timestamp : int
        Seconds since 1970.

    Raises
    ------
    AnalysisError
        ``act_bad_secret``.

    Examples
    --------
    >>> secret, known = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    >>> webhook_signature(secret, known, 1614265330, b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise AnalysisError("act_bad_secret") from None
    if not LEAST_KEY <= len(key) <= MOST_KEY:
        raise AnalysisError("act_bad_secret")
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def dingtalk_signature(secret: str, milliseconds: int) -> str:
    """Return ``sign`` of the address of a 钉钉 robot, percent-encoded."""
    told = f"{milliseconds}\n{secret}".encode()
    return quote_plus(base64.b64encode(hmac.new(secret.encode(), told, hashlib.sha256).digest()))


def feishu_signature(secret: str, timestamp: int) -> str:
    """Return ``sign`` of the body of a 飞书 robot: the key is what others sign, and nothing is signed."""
    return base64.b64encode(hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()
