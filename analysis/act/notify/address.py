"""The address of another system: looked up once, judged, and then spoken to as it was judged."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from analysis.errors import AnalysisError

PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Address:
    """A place to post to: the name and path of the URL, and the one network address that stands for the name
    (none before it was looked up)."""

    scheme: str
    host: str
    port: int
    path: str
    ip: str = ""


def looked_up(url: str, *, local: bool = False) -> Address:
    """Look an address up once; what the name means later changes nothing.

    Parameters
    ----------
    url, local : str, bool
        As ``split_address``.

    Raises
    ------
    AnalysisError
        What ``split_address`` refuses; ``act_address_unknown`` (host): the name means nothing; ``act_address_inside``
        (host): it leads into this machine or network.
    """
    plain = split_address(url, local=local)
    try:
        found = socket.getaddrinfo(plain.host, plain.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AnalysisError("act_address_unknown", host=plain.host) from None
    ips = [str(one[4][0]) for one in found]
    if not local and not all(ipaddress.ip_address(ip.split("%")[0]).is_global for ip in ips):
        raise AnalysisError("act_address_inside", host=plain.host)
    return replace(plain, ip=ips[0])


def split_address(url: str, *, local: bool = False) -> Address:
    """Read an address without asking anybody; ``ip`` stays empty.

    Parameters
    ----------
    url : str
        ``https://…``; plain ``http`` is for ``local`` ones alone.
    local : bool
        Whether an address of this machine or this network is allowed: never for one that came from a file.

    Raises
    ------
    AnalysisError
        ``act_bad_address``: no URL of a kind that is spoken, or one with a password in it.

    Examples
    --------
    >>> split_address("https://example.org/hook?key=1").path
    '/hook?key=1'
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise AnalysisError("act_bad_address") from None
    schemes = ("https", "http") if local else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.username is not None or parts.password is not None:
        raise AnalysisError("act_bad_address")
    if any(ord(one) < 33 for one in url.strip()):
        raise AnalysisError("act_bad_address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, parts.hostname, port or PORTS[parts.scheme], path)
