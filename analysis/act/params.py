"""What a person chooses of a list: whom, by which channel, with which limits, and how many are held out."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from analysis.params import Params

# ``other``: by whatever the tool that sends knows of the customer; the list needs the id alone.
Channel = Literal["other", "phone", "sms", "email", "wecom"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
MOST_SEED = 120


class TagWanted(Params):
    """A tag that customers of the list have; without a value, a tag of yes or no that says yes."""

    column: str = Field(min_length=1, max_length=120)
    value: str = Field(default="", max_length=200)


class ListChoices(Params):
    """Whom a list is for.

    Attributes
    ----------
    segments : tuple of str
        Keys of a segmentation; empty means every customer.
    tags : tuple of TagWanted
        Customers have all of them.
    channel : Channel
        ``phone`` calls, ``sms`` writes to a number, ``email``, ``wecom`` (企业微信); ``other`` needs the id alone.
    region : str, optional
        Country of phone numbers that are written without one, two letters (``"CN"``).
    quiet_days : int
        Days in which nobody may have been contacted; 0 lets everybody pass.
    most_contacts, within_days : int
        At most so many days with a contact in so many days, the one of this list among them; 0 sets no limit.
    most : int
        The most customers, the most valuable first; 0 sets no limit.
    by : str
        The feature that they are ordered by, the largest first.
    hold_out : float
        Share of those who could be written to and are not, 0..0.5, so that the effect can be told.
    leave_out_own : bool
        Whether people of the firm, and tests, are left out (``own.own_accounts``).
    leave_out_left : bool
        Whether customers are left out of whom a column says that they left, unless all of those asked for did.
    """

    segments: tuple[str, ...] = ()
    tags: tuple[TagWanted, ...] = ()
    channel: Channel = "other"
    region: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    quiet_days: int = Field(default=14, ge=0, le=3650)
    most_contacts: int = Field(default=0, ge=0, le=1000)
    within_days: int = Field(default=30, ge=1, le=3650)
    most: int = Field(default=0, ge=0)
    by: str = "spend"
    hold_out: float = Field(default=0.1, ge=0, le=0.5)
    leave_out_own: bool = True
    leave_out_left: bool = True


class HoldOut(Params):
    """Those who are never written to, by any list, so that all of it together can be measured.

    Whether a customer is one of them depends on the seed and the customer alone: it stays when segments change, when
    the files grow, and when ids are merged.
    """

    share: float = Field(default=0.0, ge=0, le=0.5)
    seed: str = Field(default="always", min_length=1, max_length=MOST_SEED)
