"""The kinds of records beside orders and customers: which roles each has, and which it cannot do without."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RecordKind:
    """A kind of records: the role of its key, of its time, and its other roles, in the order of the columns."""

    key: str
    time: str
    columns: tuple[str, ...]
    needs: tuple[str, ...]
    one_of: tuple[str, ...] = ()


RECORDS = {
    "events": RecordKind(
        "customer_id", "event_time", ("event", "feature_used", "session_id", "device"), ("customer_id", "event_time")
    ),
    "feedback": RecordKind(
        "customer_id", "feedback_date",
        (
            "rating", "nps_score", "feedback_type", "comment", "product",
            "ticket_answered", "ticket_solved", "ticket_reopened",
        ),
        ("customer_id", "feedback_date"),
        ("rating", "nps_score", "feedback_type", "comment", "ticket_answered", "ticket_solved"),
    ),
    "referrals": RecordKind(
        "referrer_id", "referral_date", ("referred_id", "converted"), ("referrer_id", "referred_id")
    ),
    "contacts": RecordKind(
        "customer_id", "contact_date", ("contact_channel", "campaign", "sent", "answered", "contact_cost"),
        ("customer_id", "contact_date"),
    ),
    "consents": RecordKind(
        "customer_id", "consent_date", ("consented", "consent_channel", "consent_source", "consent_expiry"),
        ("customer_id", "consent_date", "consented"),
    ),
}  # fmt: skip


def missing_record_roles(kind: str, present: set[str]) -> tuple[str, ...]:
    """Return the roles that records of this kind cannot do without and do not have."""
    spec = RECORDS[kind]
    missing = tuple(role for role in spec.needs if role not in present)
    return (*missing, spec.one_of[0]) if spec.one_of and not set(spec.one_of) & present else missing
