"""The outcome that a file of customers holds, such as who left: a yes-or-no column that is called so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Feature, Profiles

# That customers leave, as a word of its own in English, and anywhere in a word of another language.
_LEAVES = "churn(?:ed)?|attrition|attrited|exited|cancell?ed|left|lapsed|lost|terminated"
_LEAVING = (
    "流失|离网|退订|解约|解約|退会|離脱|이탈|해지|탈퇴|gekündigt|kündigung|abgewandert|résili|désabonn|abandono|cancelad[oa]"
    "|disdett|abbandon|evasão|opgezegd|rezygnacj|отток|ушёл|ушел|отказал|ayrıldı|iptal|إلغاء|مغادر|ยกเลิก|เลิกใช้"
)
# What columns of an outcome are called; a word of the header, in any case, or a part of one in another language.
_WORDS = re.compile(
    rf"(?<![a-z])({_LEAVES}|default(ed)?|respon(se|ded)|convert(ed)?|conversion|subscribed|purchased|bought|renewed|"
    rf"repurchased?|outcome|target|won)(?![a-z])|{_LEAVING}"
    r"|违约|逾期|响应|成交|转化|是否购买|是否复购|续费|续约",
    re.IGNORECASE,
)
# In a column of words, the cells that say that it came about, and of a state those that say that it did not.
_GAINED = re.compile(
    r"(?<![a-z])(converted|won|closed won|responded|renewed|bought|purchased|signed|enrolled|joined|accepted)"
    r"(?![a-z])|已成交|成交|已转化|已响应|已签约|已报名|赢单|成約|受注|수주|gewonnen|gagné|ganad[oa]|vint[oa]",
    re.IGNORECASE,
)
_LEFT = re.compile(
    rf"(?<![a-z])({_LEAVES}|closed lost|defaulted)(?![a-z])|{_LEAVING}|(?<!\w)(?:partie?|bajas?)(?!\w)|vertrokken",
    re.IGNORECASE,
)
_STAYS = re.compile(
    r"(?<![a-z])(active|existing|current|retained|stayed|subscribed|live|open)(?![a-z])"
    r"|活跃|在用|正常|有效|留存|現役|継続|利用中|유지|활성|aktiv|actif|active|activo|activa|attivo|ativo|actief|aktywny|активн|aktif",
    re.IGNORECASE,
)
# Of a column of results, that less of it is better; and words beside those that turn them round.
_BAD = re.compile(
    r"churn|attrit|unsubscri|opt(?:ed)?[ -]?out|cancel|complain|refund|chargeback|^(?:has |is |customer )?left$"
    r"|(?<![a-z])(?:returned|returns?(?! (?:visit|customer|buyer|user|to|on|of))|return rate|lapsed|lost|defaulted|late"
    rf"|delay(?:s|ed)?|overdue|wait(?:s|ed|ing)?)(?![a-z])|{_LEAVING}"
    r"|退货|退款|投诉|取消|差评|迟到|延迟|逾期|等待|等候|返品|苦情|반품|불만|beschwerde|retoure|réclamation|rembours"
    r"|devoluci|queja|reclamaç|klacht|возврат|жалоб|şikayet",
    re.IGNORECASE,
)
_TURNED = re.compile(
    r"(?<![a-z])(?:not|non|no(?! ?\.| of)|never|without|avoid(?:ed)?|prevent(?:ed)?|saved?|won back|win ?back|"
    r"recovered|resolved|retained|kept)(?![a-z])|未|没|非|避免|防|挽回|挽留|召回|解决",
    re.IGNORECASE,
)
_KEPT = re.compile(
    r"(?<![a-z])(active|existing|current|retained|stayed)(?![a-z])|活跃|在用|留存|継続|유지|aktiv", re.IGNORECASE
)
_NOT = re.compile(r"(?<![a-z])(?:not|non|never|no|in)[ -]?|未|没|非|nicht|pas|не ", re.IGNORECASE)
_STATE = re.compile(
    r"status|state|stage|状态|状態|상태|zustand|statut|estado|stato|situação|статус|durum", re.IGNORECASE
)
# What a column is called that says who will leave, or may: what somebody foretold is not what came.
_FORETOLD = re.compile(
    r"(?<![a-z])(?:will|would|may|might|next|future|upcoming|predict\w*|forecast\w*|expect\w*|foretold|likely|likelihood|risk|"
    r"probab\w*|propensity|planned)(?![a-z])|预计|预测|将|下个?月|下季|下周|未来|可能|风险|倾向|予測|예측|예상",
    re.IGNORECASE,
)
MOST_WORDS = 6  # of a column that tells an outcome in words
LEAST = 10  # of either answer, below which a share says nothing


def outcome_of(profiles: Profiles) -> Feature | None:
    """Return the feature that says what became of the customers, yes or no or in words, or None.

    Of several the last one: in files made for this question the outcome closes the row.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = pd.DataFrame({"customer_id": [f"c{i}" for i in range(40)], "x": [i % 3 == 0 for i in range(40)]})
    >>> left = Feature("x", "risk", "flag", header="Churn")
    >>> outcome_of(Profiles(base, (left,), date(2024, 1, 1))).header
    'Churn'
    """
    found = [feature for feature in profiles.features if came_about(feature, profiles) is not None]
    return found[-1] if found else None


def of_leaving(feature: Feature, answer: str = "") -> bool:
    """Say whether an outcome is that a customer left: by the words for it, or of yes or no by the column's name.

    Examples
    --------
    >>> from analysis.profiles.result import Feature
    >>> [of_leaving(Feature("x", "risk", "flag", header=header)) for header in ("是否流失", "Won")]
    [True, False]
    """
    return _LEFT.search(answer or (feature.header or "").replace("_", " ")) is not None


def is_foretold(feature: Feature) -> bool:
    """Say whether a column is called so that it says who will leave, or may, and not who has left.

    Examples
    --------
    >>> from analysis.profiles.result import Feature
    >>> headers = ("Will churn next month", "预计流失", "churn_risk", "Churned", "流失")
    >>> [is_foretold(Feature("x", "risk", "flag", header=header)) for header in headers]
    [True, True, True, False, False]
    """
    return _FORETOLD.search((feature.header or "").replace("_", " ")) is not None


def who_has_left(profiles: Profiles, *, foretold: bool = False) -> tuple[Feature, str] | None:
    """Return the last column that says who has left, and the words in it that say so (empty for yes); None without one.

    What was foretold is not what came, and who responded, bought or renewed has not left. With ``foretold`` the last
    column that says who will leave, or may.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> answers = pd.DataFrame({"x": [True, False] * 20, "y": [False, True] * 20})
    >>> asked = (Feature("x", "risk", "flag", header="Churn"), Feature("y", "risk", "flag", header="Responded"))
    >>> profiles = Profiles(answers, asked, date(2024, 1, 1))
    >>> outcome_of(profiles).header, who_has_left(profiles)[0].header
    ('Responded', 'Churn')
    """
    found = None
    for feature in profiles.features:
        said = came_about(feature, profiles)
        if said is not None and of_leaving(feature, said[1]) and is_foretold(feature) == foretold:
            found = feature, said[1]
    return found


def too_few_left(profiles: Profiles) -> pd.Series | None:
    """Return the answers of a yes-or-no column of who left, of either of which there are too few; None without one.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = pd.DataFrame({"customer_id": ["a", "b"], "x": [False, False]})
    >>> too_few_left(Profiles(base, (Feature("x", "risk", "flag", header="Churn"),), date(2024, 1, 1))).tolist()
    [False, False]
    """
    for feature in reversed(profiles.features):
        if feature.kind == "flag" and feature.header and not feature.personal and of_leaving(feature):
            answers = profiles.customers[feature.key].astype("boolean").dropna()
            if len(answers) and came_about(feature, profiles) is None:
                return answers
    return None


def less_is_better(name: str) -> bool:
    """Say whether a column of results is called so that less of it is better: leaving, returns, complaints, waiting.

    A first guess from the name, for a person to correct; one that is turned round ("not churned") is not taken so.

    Examples
    --------
    >>> [less_is_better(name) for name in ("churned_30d", "退货率", "days_late", "not churned", "return_visit")]
    [True, True, True, False, False]
    """
    words = name.replace("_", " ")
    return _BAD.search(words) is not None and _TURNED.search(words) is None


def came_about(feature: Feature, profiles: Profiles) -> tuple[pd.Series, str] | None:
    """Return for each customer whether an outcome came about (missing where nothing is said), and the word for it.

    The word is empty for a yes-or-no column. None for a feature that holds no outcome, or too few of either answer.
    """
    if feature.personal or not feature.header:
        return None
    values = profiles.customers[feature.key]
    named = _WORDS.search(feature.header.replace("_", " ")) is not None
    if feature.kind == "flag" and named:
        answers, word = values.astype("boolean"), ""
    elif feature.kind == "category":
        told = [str(one) for one in values.dropna().unique()] if values.nunique() <= MOST_WORDS else []
        said = [one for one in told if not _NOT.match(one)]
        won, gone = (sorted(one for one in said if shape.search(one)) for shape in (_GAINED, _LEFT))
        # Of leads the question is who was won; of customers, some of whom stayed, who left.
        of_customers = _LEFT.search(feature.header) or any(_KEPT.search(one) for one in told)
        came = (gone or won) if of_customers else (won or gone)
        stays = [one for one in told if _STAYS.search(one) and one not in came]
        # Who was won and who was lost is an outcome whatever its header says ("How it ended").
        says_so = named or (won and gone) or (stays and _STATE.search(feature.header))
        if not came or len(told) < 2 or not says_so:
            return None
        answers, word = values.astype("string").isin(came).astype("boolean").mask(values.isna()), ", ".join(came)
    else:
        return None
    least = min(int(answers.sum()), int((~answers).sum()))
    return (answers, word) if least >= LEAST else None
