"""Page: how the tables join, and which ids are the same customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import streamlit as st

from analysis.charts.match import join_chart, join_table
from analysis.intake.people.words import join_answer, pairs_answer
from ui import bound, compute, controls, session, show

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.people.identity import Confirmed, Identity, Match
    from analysis.intake.people.join import Join, Side
    from analysis.profiles.personal import PersonalKind

SHOWN = 200
VALUE_KINDS: dict[str, PersonalKind] = {
    "phone": "phone",
    "email": "email",
    "id_number": "id_number",
    "name_address": "address",
}

t = session.t()


def table_name(place: int) -> str:
    """Return a short name of a table: its sheet, or its file."""
    table = study.tables[place]
    return table.sheet or table.file


def hidden(values: Sequence[str], kind: PersonalKind | None) -> list[str]:
    """Mask personal values unless they are unmasked for this visit."""
    if kind is None or session.unmasked():
        return list(values)
    import pandas as pd

    from analysis.profiles.personal import mask

    return mask(pd.Series(values, dtype="str"), kind).fillna("").tolist()


def id_kind() -> PersonalKind | None:
    """Return the kind of personal data that customer ids are in some table, or None."""
    from analysis.mapping import source_of

    for table in study.tables:
        source = source_of(study.recipe, study.tables, table)
        column = source.column("customer_id") if source and source.kind != "ignore" else None
        kind = compute.personal_columns(study, table).get(column.name) if column else None
        if kind:
            return kind
    return None


def choose(joins: Sequence[Join]) -> Join:
    """Show which two tables are looked at, when there are several."""
    if len(joins) == 1:
        return joins[0]
    places = range(len(joins))
    place = st.segmented_control(
        t("match.pair"),
        places,
        required=True,
        format_func=lambda i: show.md_escape(
            t("match.pair_name", left=table_name(joins[i].left.place), right=table_name(joins[i].right.place))
        ),
        **bound.to_visit("match").to("pair", 0, offered=places),
    )
    return joins[place]


def joined(join: Join) -> None:
    """Show how two tables join, and what finds no partner."""
    left, right = table_name(join.left.place), table_name(join.right.place)
    show.answer(join_answer(join, left, right, t))
    data = join_table(join, study.tables, t)[["side", "fate", "rows", "share"]]
    titles = [t("match.table"), t("match.fate"), t("match.rows"), t("match.share_of_rows")]
    show.chart(
        join_chart(join, study.tables, t),
        t("match.chart_alt", left=left, right=right),
        name="join",
        data=data.set_axis(titles, axis=1),
    )
    st.markdown(f"**{t('match.alone')}**")
    if join.left.matched_keys == join.left.keys and join.right.matched_keys == join.right.keys:
        st.caption(t("match.none_alone"))
        return
    st.caption(t("match.alone_help"))
    if join.left.matched_keys < join.left.keys:
        alone(join, "left", join.left)
    if join.right.matched_keys < join.right.keys:
        alone(join, "right", join.right)


def alone(join: Join, name: Literal["left", "right"], side: Side) -> None:
    """Show keys of one side that the other lacks."""
    import pandas as pd

    table = study.tables[side.place]
    kind = compute.personal_columns(study, table).get(side.column)
    found = study.run.unmatched(join, name)
    frame = pd.DataFrame(
        {
            "key": hidden([one.key for one in found], kind),
            "rows": [one.rows for one in found],
            "near": hidden([one.near for one in found], kind),
        }
    )
    st.caption(show.md_escape(t("match.side", table=table.key, column=side.column)))
    st.dataframe(
        frame,
        hide_index=True,
        height=min(38 + 35 * len(frame), 248),
        alt=t("match.alone_alt"),
        key=f"alone_{name}",
        column_config={
            "key": st.column_config.TextColumn(t("match.key")),
            "rows": st.column_config.NumberColumn(t("match.rows"), format="localized", width=80),
            "near": st.column_config.TextColumn(t("match.near")),
        },
    )


def why(evidence: Sequence[str]) -> str:
    """Write the reasons of a pair."""
    return t("match.separator").join(t(f"match.evidence_{code}") for code in evidence)


def suggestions(found: Identity) -> None:
    """Show pairs that may be one customer, to be merged or told apart."""
    matches = found.matches[:SHOWN]
    sure = [match for match in found.matches if match.sure]
    st.markdown(show.md_escape(pairs_answer(found, t)))
    if len(found.matches) > len(matches):
        st.caption(t("match.shown", shown=len(matches), n=len(found.matches)))
    edited = st.data_editor(
        suggested(matches),
        key=f"same_{study.version}_{len(study.merges.links)}_{t.language}",
        hide_index=True,
        disabled=["first", "first_name", "second", "second_name", "why", "value"],
        height=min(38 + 35 * len(matches), 420),
        alt=t("match.editor_alt"),
        column_config={
            "tick": st.column_config.CheckboxColumn(t("match.tick"), width=70),
            "first": st.column_config.TextColumn(t("match.first")),
            "first_name": st.column_config.TextColumn(t("match.first_name")),
            "second": st.column_config.TextColumn(t("match.second")),
            "second_name": st.column_config.TextColumn(t("match.second_name")),
            "why": st.column_config.TextColumn(t("match.why")),
            "value": st.column_config.TextColumn(t("match.value")),
        },
    )
    ticked = [match for match, tick in zip(matches, edited["tick"], strict=True) if tick]
    with st.container(horizontal=True):
        label = t("match.confirm", n=len(ticked)) if ticked else t("match.confirm_none")
        if st.button(label, key="confirm", type="primary", disabled=not ticked):
            decide(ticked, "same")
        if st.button(t("match.reject"), key="reject", disabled=not ticked):
            decide(ticked, "different")
        if len(sure) > sum(match.sure for match in matches) and st.button(
            t("match.confirm_all", n=len(sure)), key="confirm_all", type="tertiary"
        ):
            decide(sure, "same")


def suggested(matches: Sequence[Match]) -> pd.DataFrame:
    """Return one row per suggested pair, masked unless unmasked."""
    import pandas as pd

    kind = id_kind()
    return pd.DataFrame(
        {
            "tick": [match.sure for match in matches],
            "first": hidden([match.first for match in matches], kind),
            "first_name": hidden([match.first_name for match in matches], "name"),
            "second": hidden([match.second for match in matches], kind),
            "second_name": hidden([match.second_name for match in matches], "name"),
            "why": [why(match.evidence) for match in matches],
            "value": [hidden([match.value], value_kind(match, kind))[0] for match in matches],
        }
    )


def value_kind(match: Match, kind: PersonalKind | None) -> PersonalKind | None:
    """Return the kind of personal data that a pair shares; a spelling of the id is as personal as the id."""
    return kind if match.evidence[0] == "id_form" else VALUE_KINDS.get(match.evidence[0])


def decide(matches: Sequence[Match], decision: str) -> None:
    """Keep a decision about pairs and show the page as it is then."""
    evidence = {match.pair: match.evidence for match in matches}
    compute.save_merges(study, study.merges.decide(list(evidence), decision, evidence))  # pyright: ignore


def decided(found: Identity) -> None:
    """List the decisions, each of which can be taken back."""
    import pandas as pd

    st.subheader(t("match.decided"), anchor=False)
    if found.n_customers < found.n_ids:
        st.markdown(show.md_escape(t("match.merged_answer", ids=found.n_ids, customers=found.n_customers)))
    st.caption(t("match.decided_help"))
    listed = found.confirmed[: SHOWN * 5]
    kind = id_kind()

    def written(ids: Sequence[str | None]) -> list[str]:
        shown = hidden([one or "" for one in ids], kind)
        return [text or t("match.not_in_files") for text in shown]

    frame = pd.DataFrame(
        {
            "tick": [False for _ in listed],
            "decision": [t(f"match.decision_{one.link.decision}") for one in listed],
            "first": written([one.first for one in listed]),
            "second": written([one.second for one in listed]),
            "why": [why(one.link.evidence) for one in listed],
            "when": [session.local_time(one.link.decided_at) for one in listed],
        }
    )
    edited = st.data_editor(
        frame,
        key=f"decided_{len(found.confirmed)}_{study.version}_{t.language}",
        hide_index=True,
        disabled=["decision", "first", "second", "why", "when"],
        height=min(38 + 35 * len(frame), 320),
        alt=t("match.decided_alt"),
        column_config={
            "tick": st.column_config.CheckboxColumn(t("match.tick"), width=70),
            "decision": st.column_config.TextColumn(t("match.decision")),
            "first": st.column_config.TextColumn(t("match.second")),
            "second": st.column_config.TextColumn(t("match.second")),
            "why": st.column_config.TextColumn(t("match.why")),
            "when": st.column_config.DatetimeColumn(t("match.when"), format="YYYY-MM-DD HH:mm"),
        },
    )
    undone: list[Confirmed] = [one for one, tick in zip(listed, edited["tick"], strict=True) if tick]
    with st.container(horizontal=True):
        if st.button(t("match.take_back", n=len(undone)), key="take_back", icon=":material/undo:", disabled=not undone):
            compute.save_merges(study, study.merges.undo([one.link for one in undone]))
        st.download_button(
            t("match.download"),
            study.merges.model_dump_json(indent=1),
            "merges.json",
            "application/json",
            key="download_merges",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
            help=t("match.download_help"),
        )


show.page_header(t("match.title"), t("match.question"))
study = compute.study_or_stop()
controls.show_personal()
joins = study.run.joins()
if len(study.tables) < 2:
    show.empty_state(t("match.one_table"), "data/files")
elif joins:
    joined(choose(joins))
else:
    show.empty_state(t("match.no_join"), "data/columns")
found = compute.identity(study)
st.subheader(t("match.same"), anchor=False)
for note in found.notes:
    st.caption(show.md_escape(t(f"note.{note.code}", **note.facts)))
if found.matches:
    suggestions(found)
else:
    st.markdown(t("match.same_none"))
if found.confirmed:
    decided(found)
show.how_computed("match.how")
show.next_step("data/check")
