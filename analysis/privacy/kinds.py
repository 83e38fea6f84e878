"""The kinds of personal data, and which of them the law calls sensitive."""

from __future__ import annotations

from typing import Literal, get_args

PersonalKind = Literal[
    "name",
    "phone",  # a mobile, or a number that may be one
    "landline",
    "email",
    "id_number",  # of the People's Republic, 18 or 15 signs; of other states as their heading says
    "passport",
    "permit",  # to travel or to live between the mainland, Hong Kong, Macao and Taiwan
    "bank_card",
    "plate",
    "wechat",
    "qq",
    "alipay",
    "address",
    "birth_date",
    "ip",
    "device_id",
    "coordinates",
]
SensitiveKind = Literal["health", "religion", "biometrics", "children", "exact_place", "finance"]

KINDS: tuple[PersonalKind, ...] = get_args(PersonalKind)
SENSITIVE: tuple[SensitiveKind, ...] = get_args(SensitiveKind)
CONTACT: tuple[PersonalKind, ...] = ("name", "phone", "landline", "email", "wechat", "qq", "address")
SENSITIVE_OF: dict[PersonalKind, SensitiveKind] = {"bank_card": "finance", "coordinates": "exact_place"}
