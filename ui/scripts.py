"""The only scripts of our own that run in the browser: constants, each allowed by its hash and nothing else."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from texts import Language

LANGUAGE_COOKIE = "portrait_lang"
_HTML_LANGUAGE: dict[Language, str] = {"en": "en", "zh": "zh-CN"}

# A download takes the focus out of the window that it stands in, and Esc would not reach that window any more.
_ESCAPE = (
    "if(!window.portraitEscape){window.portraitEscape=true;document.addEventListener('keydown',event=>{"
    "if(event.key==='Escape'&&document.activeElement===document.body)"
    "document.querySelector('[role=dialog]>button[aria-label=Close]')?.click()})}"
)
# Tells the browser which language the page is written in, and keeps the choice for the next visit.
LANGUAGE_SCRIPTS: dict[Language, str] = {
    language: f"document.documentElement.lang='{written}';"
    f"document.cookie='{LANGUAGE_COOKIE}={language};path=/;max-age=31536000;samesite=lax';{_ESCAPE}"
    for language, written in _HTML_LANGUAGE.items()
}


def source_of(script: str) -> str:
    """Return a script as a content security policy allows it: ``'sha256-…'``."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode('utf-8')).digest()).decode('ascii')}'"
