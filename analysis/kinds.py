"""The ways to group customers, in the order in which they are computed and shown, and their columns in exports."""

from __future__ import annotations

SEGMENT_COLUMNS = {
    "rfm": "segment_rfm",
    "tiers": "segment_tiers",
    "movement": "segment_movement",
    "clusters": "segment_cluster",
    "rules": "segment_rules",
    "hybrid": "segment_hybrid",
}
# These columns stand in every export, also when the data cannot carry the segmentation.
ALWAYS = ("rfm", "clusters")
KINDS = tuple(SEGMENT_COLUMNS)


def place(kind: str) -> int:
    """Return where a way to group customers stands in the order shown.

    Examples
    --------
    >>> sorted(["rules", "clusters", "rfm"], key=place)
    ['rfm', 'clusters', 'rules']
    """
    return KINDS.index(kind)
