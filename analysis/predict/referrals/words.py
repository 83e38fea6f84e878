"""The words of referrals: how many come by them, who brings most, and what looks made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.predict.referrals.result import Referrals
    from analysis.predict.referrals.signs import Sign
    from analysis.translate import Translate


def answer(found: Referrals, t: Translate) -> list[str]:
    """Return how many customers were brought, what they spend, and how much hangs on the best referrers."""
    n, n_by = len(found.customers), len(found.referrers)
    if found.n_referred:
        share = {"share": found.n_referred / n, "low": found.share_low, "high": found.share_high}
        told = [t("referrals.answer", n=found.n_referred, all=n, by=n_by, **share)]
    else:
        told = [t("referrals.answer_none", n=len(found.forest.parents), by=n_by)]
    if found.spend_share is not None and found.spend_share >= 0 and found.n_referred:
        told.append(t("referrals.spend", share=found.spend_share))
    told.append(best_sentence(found, t))
    if found.signs:
        told.append(t("referrals.signs", n=len({sign.customer_id for sign in found.signs})))
    return told


def best_sentence(found: Referrals, t: Translate) -> str:
    """Return what share the best referrers bring, and how sure the first place is."""
    brought = found.referrers["direct"]  # of money that went back in the end no share can be told
    by = "direct" if found.has_money and brought.sum() > 0 and (brought >= 0).all() else "referred"
    top = min(5, len(found.referrers))
    share = float(found.referrers[by].nlargest(top).sum() / found.referrers[by].sum())
    first = found.referrers.iloc[0]
    if len(found.referrers) == 1:
        return t("referrals.one_referrer")
    return t(f"referrals.best_{by}", n=top, share=share, low=int(first["rank_low"]), high=int(first["rank_high"]))


def sign_sentence(sign: Sign, t: Translate) -> str:
    """Return what was seen of one referrer."""
    return t(f"referrals.sign.{sign.kind}", n=sign.n, of=sign.of)
