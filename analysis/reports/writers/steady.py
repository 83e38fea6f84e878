"""Office files with the same bytes for the same content: fixed days, also in the workbooks inside them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

_DAY_ZERO = (1980, 1, 1, 0, 0, 0)
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def steady(data: bytes, day: date) -> bytes:
    """Return a zip of Office written anew, with the day of the figures in place of every moment of writing.

    Parameters
    ----------
    data : bytes
        A ``.pptx``, ``.docx`` or ``.xlsx`` file.
    """
    buffer, moment = io.BytesIO(), rf"\g<1>{day.isoformat()}T00:00:00Z\g<2>".encode()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as read,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as out,
    ):
        for name in read.namelist():
            content = read.read(name)
            if name.endswith(".xlsx"):
                content = steady(content, day)
            elif name == "docProps/core.xml":
                content = _MOMENT.sub(moment, content)
            entry = zipfile.ZipInfo(name, _DAY_ZERO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, content)
    return buffer.getvalue()
