"""What leaves the study, whatever the file: profiles masked as asked, segments in words, rows set aside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.exports.summary_sheet import Summary, SummaryLine
from analysis.exports.words import contact_mark
from analysis.exports.workbook import EXAMPLES, NamedSegmentation, WorkbookContents
from analysis.intake.reading.written import SEGMENT_LIST
from analysis.privacy.masks import mask, mask_cells, mask_inside
from analysis.profiles.personal import kind_of_ids, masked
from analysis.profiles.words import coded_values, feature_name
from analysis.segments.edit import labelled
from analysis.segments.names import edited_names, segment_names
from analysis.translate import prose, unique_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import pandas as pd

    from analysis.personas.words import Card
    from analysis.privacy.kinds import PersonalKind
    from analysis.profiles.result import Profiles
    from analysis.study import StudyResult
    from analysis.study.for_others import SharedStudy
    from analysis.tags.values import TagValues
    from analysis.translate import Translate


def shown_profiles(result: StudyResult, *, unmask: bool = False) -> Profiles:
    """Return the profiles as they may leave: personal features masked, and the customer id when it is personal too."""
    return result.profiles if unmask else masked(replace(result.profiles, id_kind=customer_id_kind(result)))


def customer_id_kind(result: StudyResult) -> PersonalKind | None:
    """Say what kind of personal data the customer id itself is (a phone number, an e-mail, a name), or None."""
    return kind_of_ids(result.profiles.customers["customer_id"], result.recipe)


def names_of(result: StudyResult, method: str, t: Translate) -> dict[str, str]:
    """Return the words for each segment of a method: a person's own, or the suggested ones."""
    return edited_names(result.segmentations[method], result.edited[method], t)


def card_names(result: StudyResult, t: Translate) -> dict[str, str]:
    """Return the words for each segment of the first screen."""
    cards = result.cards
    method = cards.plan.params.kind if cards.plan else ""
    keys = [key for card in cards.cards for key in card.segments]
    return names_of(result, method, t) if method in result.edited else segment_names(keys, t)


def with_segments(result: StudyResult, customers: pd.DataFrame) -> pd.DataFrame:
    """Return the profiles with one column of segment keys per segmentation, as ``labelled``."""
    return labelled(customers, result.edited)


def segment_table(result: StudyResult, t: Translate) -> pd.DataFrame:
    """Return every segment of every method.

    Returns
    -------
    DataFrame, one row per segment
        ``method``, ``segment`` (key), ``name`` (words), ``customers``, ``share``, ``revenue``, ``revenue_share``,
        ``hidden`` (left out of screens and lists).
    """
    import pandas as pd

    parts = []
    for method, edited in result.edited.items():
        table = edited.segmentation.segments
        names, hidden = names_of(result, method, t), table["segment"].isin(edited.hidden)
        part = table.assign(method=method, name=table["segment"].map(names), hidden=hidden)
        parts.append(part)
    if not parts:
        return pd.DataFrame(columns=pd.Index(SEGMENT_LIST))
    return pd.concat(parts, ignore_index=True)[list(SEGMENT_LIST)].round(
        {"revenue": 6}
    )  # no more places than money has


def customer_table(
    result: StudyResult, t: Translate, *, unmask: bool = False, confirmed: date | None = None
) -> pd.DataFrame:
    """Return the customers with the names of their segments and every feature, headers and coded values in words.

    Parameters
    ----------
    confirmed : date, optional
        The day on which a person confirmed that they may be contacted, for data that does not say it.

    Returns
    -------
    DataFrame, one row per customer
        The customer id as text first, then one column per segmentation, then whether they may be contacted where no
        feature says it, then the features; headers are unique.
    """
    import pandas as pd

    profiles = shown_profiles(result, unmask=unmask)
    customers = profiles.customers
    features = [feature for feature in profiles.features if feature.key in customers.columns]
    columns = [customers["customer_id"]]
    headers = [t("workbook.customer_id")]
    for method, edited in result.edited.items():
        columns.append(edited.segmentation.labels.map(names_of(result, method, t)))
        headers.append(t(f"workbook.segmentation.{method}"))
    if mark := contact_mark(customers, confirmed, t):
        columns.append(pd.Series(mark, index=customers.index))
        headers.append(t("feature.may_contact"))
    for feature in features:
        columns.append(coded_values(customers[feature.key], feature, t))
        headers.append(feature_name(feature, t))
    table = pd.concat(columns, axis=1)
    table.columns = pd.Index(unique_words(headers))
    return table


def predictions_table(result: StudyResult, *, unmask: bool = False) -> pd.DataFrame:
    """Return every customer's score and its interval, a row each in the order of the profiles."""
    assert result.predicted is not None  # asked only where the recipe predicts
    rows = result.predicted.rows()
    return rows.assign(customer_id=shown_profiles(result, unmask=unmask).customers["customer_id"].to_numpy())


def tag_table(profiles: Profiles, found: Sequence[TagValues], t: Translate) -> pd.DataFrame:
    """Return who has which tag, values in words; several values of one customer with a mark between.

    Parameters
    ----------
    profiles : Profiles
        Masked already, when personal data is to stay hidden.
    found : sequence of TagValues, aligned with the profiles

    Returns
    -------
    DataFrame, one row per customer
        The id as text first, then a column for each tag, missing for who does not have it; headers are unique.
    """
    import numpy as np
    import pandas as pd

    from analysis.tags.words import name_of, value_words

    columns = [profiles.customers["customer_id"]]
    for one in found:
        words = np.array([value_words(one.tag, value, t) for value in one.values], dtype=object)
        held = one.held
        if held is None:
            said = [words[code] if code >= 0 else None for code in one.codes]
        else:
            said = [t("segments.between").join(words[has]) or None for has in held.T]
        columns.append(pd.Series(said, index=profiles.customers.index, dtype="str"))
    table = pd.concat(columns, axis=1)
    table.columns = pd.Index(unique_words([t("workbook.customer_id"), *(name_of(one.tag, t) for one in found)]))
    return table


PORTRAIT_COLOUR = "#2d69b4"


def persona_cards(
    result: StudyResult, t: Translate, *, edits: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None
) -> tuple[tuple[str, Card, str | None], ...]:
    """Return the card of every persona of every segmentation, with its method and its portrait as SVG.

    Parameters
    ----------
    result : StudyResult
        Of one as others may see it, facts that tell of fewer than five people are left out.
    edits : mapping, optional
        A person's own words by method, segment and field.
    """
    from analysis.personas.build import personas
    from analysis.personas.for_others import persona_for_others
    from analysis.personas.portrait import portrait_svg
    from analysis.personas.words import card
    from analysis.study.for_others import SharedStudy

    cards = []
    for method, edited in result.edited.items():
        if len(edited.segmentation.segments) == 0:
            continue
        names = names_of(result, method, t)
        own = (edits or {}).get(method, {})
        for persona in personas(result.profiles, edited.segmentation):
            if persona.segment in edited.shown:
                persona = persona_for_others(persona) if isinstance(result, SharedStudy) else persona
                told = card(persona, names[persona.segment], t, edits=own.get(persona.segment))  # pyright: ignore
                portrait = None if persona.too_few else portrait_svg(persona, PORTRAIT_COLOUR)
                cards.append((method, told, portrait))
    return tuple(cards)


def workbook_contents(
    result: StudyResult,
    t: Translate,
    *,
    unmask: bool = False,
    persona_edits: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None,
    confirmed: date | None = None,
) -> WorkbookContents:
    """Gather what the workbook shows; the RFM segments come first, and get a sheet each."""
    return WorkbookContents(
        study=result.recipe.name or ", ".join(sorted({table.file for table in result.standard.raws})),
        profiles=shown_profiles(result, unmask=unmask),
        segmentations=tuple(
            NamedSegmentation(edited.segmentation, names_of(result, method, t), edited.hidden)
            for method, edited in result.edited.items()
        ),
        counts=result.standard.counts,
        set_aside=set_aside_examples(result, unmask=unmask),
        recipe=result.recipe,
        is_masked=not unmask and has_personal(result),
        personas=persona_cards(result, t, edits=persona_edits),
        guesses=tuple(one for one in result.decisions if one.is_guess),
        summary=summary_of(result, t),
        has_personal=has_personal(result),
        contact=contact_mark(result.profiles.customers, confirmed, t),
    )


def contents_for_others(
    result: SharedStudy, t: Translate, *, persona_edits: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None
) -> WorkbookContents:
    """Gather the figures that others may see: no row of a customer, no group of fewer than five."""
    contents = workbook_contents(result, t, persona_edits=persona_edits)
    return replace(contents, set_aside=None, lists=False, n_left_out=sum(result.left_out.values()))


def summary_of(result: StudyResult, t: Translate) -> Summary:
    """Return the first sheet: the cards of the first screen in words and figures."""
    from analysis.compare.words import outcome_influences
    from analysis.overview.card_words import card_texts, headline
    from analysis.study.cards import strongest_influence

    cards, names = result.cards, card_names(result, t)
    texts = card_texts(cards, result.profiles, names, t)
    lines = [
        SummaryLine(
            name=text.name,
            customers=card.customers,
            share=card.share,
            revenue=card.revenue,
            revenue_share=card.revenue_share,
            about=" · ".join(said for said in (text.pace, text.change) if said),
            action=text.action,
        )
        for card, text in zip(cards.cards, texts, strict=True)
    ]
    influence = outcome_influences(strongest_influence(cards, result.profiles), t)
    return Summary(prose([headline(cards, result.profiles, names, t), *influence], t), tuple(lines))


def has_personal(result: StudyResult) -> bool:
    """Say whether anything of the study is masked unless asked otherwise."""
    return (
        any(feature.personal for feature in result.profiles.features)
        or bool(result.recipe.personal_headers())
        or customer_id_kind(result) is not None
    )


def set_aside_examples(result: StudyResult, *, unmask: bool = False) -> pd.DataFrame:
    """Return up to 1,000 rows that were set aside, an even share of each reason; personal data in them masked."""
    from analysis.intake.standard.set_aside import set_aside_rows

    rows = set_aside_rows(result.standard, result.recipe, most=EXAMPLES)
    if unmask or len(rows) == 0:
        return rows
    headers: dict[str, PersonalKind] = dict(result.recipe.personal_headers())
    detail = mask_inside(rows["detail"])
    if kind := customer_id_kind(result):
        # For this reason the detail is the customer id; elsewhere it is a date, an amount or a state.
        detail = detail.where(rows["reason"] != "duplicate_customer", mask(rows["detail"], kind))
        columns = [source.column("customer_id") for source in result.recipe.sources]
        headers |= {column.name: kind for column in columns if column}
    return rows.assign(detail=detail, cells=mask_cells(rows["cells"], headers))


def write_set_aside_rows(result: StudyResult, path: Path | str, *, unmask: bool = False) -> int:
    """Write every row that was set aside as CSV, masked unless ``unmask``; return the number of rows."""
    from analysis.exports.set_aside import write_set_aside

    return write_set_aside(
        result.standard, result.recipe, Path(path), unmask=unmask, id_kind=None if unmask else customer_id_kind(result)
    )
