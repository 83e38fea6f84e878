"""Further choices of the RFM page: one-time buyers, weights, business cuts, and boxes with their check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.segments.param_edit import own_name
from analysis.segments.params import Box, RfmParams
from analysis.segments.scores.boxes import OTHER, box_key, check_boxes
from analysis.segments.scores.cuts import business_params
from analysis.segments.scores.schemes import measured
from analysis.segments.scores.words import boxes_check
from analysis.translate import prose
from ui import bound, session, show
from ui.segments import segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.segments.scores.rfm import RfmResult

MEASURES = ("r", "f", "m")
MOST_BOXES = 60
_TURN = "rfm_boxes_turn"


def more(params: RfmParams, profiles: Profiles) -> None:
    """Show the choices that few need, closed at first."""
    t = session.t()
    with st.popover(t("rfm.more"), icon=":material/tune:"):
        eight = params.scheme.startswith("eight")
        if not eight and params.cuts in ("quantile", "interval"):
            st.toggle(
                t("rfm.one_time_apart"), help=t("rfm.one_time_apart_help"),
                **segments.param("rfm", "one_time_apart", params.one_time_apart, key="rfm_one_time"),
            )  # fmt: skip
        for place, (key, column) in enumerate(zip(measured(profiles), st.columns(3), strict=False)):
            with column:
                st.number_input(
                    t(f"rfm.weight_{key}"), min_value=0.0, max_value=100.0, step=1.0, format="%.15g",
                    help=t("rfm.weights_help"),
                    **bound.one(f"rfm_weight_{key}", float(params.weights[place]), _set_weights),
                )  # fmt: skip
        if not eight:
            st.button(
                t("rfm.business"), icon=":material/business_center:", key="rfm_business", on_click=_business,
                args=(profiles,),
            )  # fmt: skip


def _set_weights(_: float) -> None:
    def changed(params: RfmParams) -> RfmParams:
        typed = [session.widget(f"rfm_weight_{key}") for key in MEASURES]
        weights = [old if new is None else float(new) for new, old in zip(typed, params.weights, strict=True)]
        return params if sum(weights) <= 0 else RfmParams.model_validate({**params.model_dump(), "weights": weights})

    segments.edit_params("rfm", changed)


def _business(profiles: Profiles) -> None:
    for key in MEASURES:
        bound.forget(f"rfm_own_{key}")
    segments.edit_params("rfm", lambda params: business_params(profiles, params))


def checker(result: RfmResult, view: segments.Shown) -> None:
    """Show what a scheme of boxes leaves out and covers twice, and let the boxes be changed."""
    t = session.t()
    boxes = result.params.boxes
    found = check_boxes(boxes)
    sizes = result.segmentation.segments.set_index("segment")["customers"]
    names = {key: view.names.get(key) or segments.word(key) for key in found.empty}
    sentences = boxes_check(found, int(sizes.get(OTHER, 0)), names, t)
    st.markdown(show.md_escape(prose(sentences, t)))
    left, right = st.columns([5, 2], gap="medium")
    with left:
        _editor(boxes)
    with right:
        _codes(boxes, view)


def _codes(boxes: tuple[Box, ...], view: segments.Shown) -> None:
    import pandas as pd

    t = session.t()
    found = check_boxes(boxes)
    rows = [(code, t("rfm.code_none")) for code in found.uncovered]
    between = t("segments.between")
    rows += [
        (code, between.join(view.names.get(key) or segments.word(key) for key in keys))
        for code, keys in found.twice.items()
    ]
    frame = pd.DataFrame(rows, columns=pd.Index([t("rfm.code"), t("rfm.code_names")]))
    show.table(frame, alt=t("rfm.check"), name="rfm_codes")


def _editor(boxes: tuple[Box, ...]) -> None:
    import pandas as pd

    t = session.t()
    rows = [(box.name or segments.word(box_key(box)), *box.r, *box.f, *box.m) for box in boxes]
    ends = [f"{key}_{end}" for key in MEASURES for end in ("low", "high")]
    frame = pd.DataFrame(rows, columns=pd.Index(["name", *ends]))
    number = st.column_config.NumberColumn
    config: dict[str, Any] = {
        "name": st.column_config.TextColumn(t("rfm.box_name"), max_chars=80, required=True, width="medium"),
        **{end: number(t(f"rfm.box_{end}"), min_value=1, max_value=5, step=1, required=True) for end in ends},
    }
    st.caption(show.md_escape(t("rfm.boxes")), help=t("rfm.boxes_help"))
    # A new key after each change: what the table holds is then what is saved, also after a refusal or "undo".
    turn = session.kept(_TURN, 0)
    key = f"rfm_boxes_{turn}_{hash(boxes)}_{session.language()}"
    st.data_editor(
        frame, key=key, hide_index=True, num_rows="dynamic", column_config=config, alt=t("rfm.boxes"), height=360
    )
    state = session.widget(key) or {}
    added = [row for row in state.get("added_rows", []) if len(row) == len(config)]
    if state.get("edited_rows") or state.get("deleted_rows") or added:
        _save(boxes, frame, {**state, "added_rows": added})
        session.keep(_TURN, turn + 1)
        st.rerun()


def _save(boxes: tuple[Box, ...], frame: pd.DataFrame, state: Any) -> None:
    rows: list[tuple[str | None, dict[str, Any]]] = []
    for place, (box, row) in enumerate(zip(boxes, frame.to_dict("records"), strict=True)):
        if place not in state.get("deleted_rows", []):
            changes = state.get("edited_rows", {}).get(place) or state.get("edited_rows", {}).get(str(place), {})
            rows.append((box.key, {**{str(name): value for name, value in row.items()}, **changes}))
    rows += [(None, row) for row in state["added_rows"]]

    def changed(params: RfmParams) -> RfmParams:
        if not 1 <= len(rows) <= MOST_BOXES:
            raise AnalysisError("rfm_no_boxes", maximum=MOST_BOXES)
        taken = {key for key, _ in rows if key}
        new = []
        for key, row in rows:
            if key is None:
                key = next(f"own_{n}" for n in range(1, MOST_BOXES + 2) if f"own_{n}" not in taken)
                taken.add(key)
            new.append(_box(key, row))
        return RfmParams.model_validate({**params.model_dump(), "boxes": new})

    segments.edit_params("rfm", changed)


def _box(key: str, row: dict[str, Any]) -> Box:
    name = own_name(row["name"], segments.word(f"box.{key}"))
    bands = {}
    for measure in MEASURES:
        low, high = row[f"{measure}_low"], row[f"{measure}_high"]
        if low is None or high is None or not 1 <= low <= high <= 5:
            raise AnalysisError("rfm_box_digits", name=row["name"] or "")
        bands[measure] = (int(low), int(high))
    return Box(key=key, name=name, **bands)
