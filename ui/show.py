"""How results look on every page: headers, sentences, charts, tables, empty states, errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts.dark import on_dark
from analysis.charts.palette import alike
from analysis.errors import AnalysisError
from analysis.privacy.masks import masked_problem
from ui import session

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

# More rows than this are neither read by anyone nor light to send; the download holds them all.
ROWS_SHOWN = 10_000
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&])")
# Bare addresses become links even when escaped; an invisible word joiner inside them leaves them text.
_ADDRESS = re.compile(r"(https?:|www|@)(?=[/.\w])", re.IGNORECASE)


@dataclass(frozen=True)
class Metric:
    """One figure of a row: label, the figure as it is written, and optionally its change and an explanation.

    The change is a number of ours with its sign, by which Streamlit colours it.
    """

    label: str
    value: str
    change: str | None = None
    help: str | None = None


def md_escape(text: object) -> str:
    """Return text so that Markdown shows it as it stands; everything from a file passes through here.

    Examples
    --------
    >>> md_escape("![x](a.png)")
    '\\\\!\\\\[x\\\\]\\\\(a\\\\.png\\\\)'
    """
    return _MARKDOWN.sub(r"\\\1", _ADDRESS.sub("\\1\u2060", str(text)))


def label(key: str, **facts: Any) -> str:
    """Return a text of ours, which may use Markdown, with its facts as they stand."""
    return session.t()(
        key, **{name: md_escape(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
    )


def percent(share: float) -> float:
    """Return a share as percent with at most one decimal; only a whole one is 100, and only nothing is 0.

    Examples
    --------
    >>> [percent(share) for share in (1.0, 0.9999, 0.5, 0.1234, 0.0001, 0.0)]
    [100.0, 99.9, 50.0, 12.3, 0.1, 0.0]
    """
    rounded = round(share * 100, 1)
    return min(max(rounded, 0.1), 99.9) if 0 < share < 1 else rounded


def problem() -> None:
    """Show why what was last changed is not kept, once."""
    if (found := session.kept(session.REFUSED)) is not None:
        session.keep(session.REFUSED, None)
        error(found)


def page_path(page: str) -> str:
    """Return the path of ``"<section>/<page>"`` as Streamlit wants it, relative to ``ui/main.py``."""
    return f"../pages/{page}.py"


def study_note() -> str | None:
    """Return the open study's name and as-of date in one line, or None when no study is open."""
    study = session.open_study()
    if study is None:
        return None
    t = session.t()
    name = study.name or t("app.study_unnamed")
    return name if study.as_of is None else t("app.study_as_of", name=name, day=study.as_of)


def study_source() -> str | None:
    """Return where the figures of the open study come from, as charts on paper say, or None before it is read."""
    study = session.open_study()
    if study is None or study.as_of is None:
        return None
    t = session.t()
    return t("charts.source", study=study.name or t("app.study_unnamed"), n=study.n_customers, day=study.as_of)


def page_header(title: str, question: str = "", note: str | None = None, *, hint: str | None = None) -> None:
    """Show the title, the question that the page answers, and at the right a note (the open study by default).

    A page whose first sentence is the answer goes without the question, or keeps it as a ``hint`` behind a mark.
    """
    note = study_note() if note is None else note
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.title(md_escape(title), anchor=False, width="content", help=md_escape(hint) if hint else None)
        if note:
            st.caption(md_escape(note), width="content")
    if question:
        st.markdown(f":gray[{md_escape(question)}]")


def answer(text: str) -> None:
    """Show the answer of the page in words, before any picture."""
    with st.container(key="answer"):
        st.markdown(md_escape(text))


def metrics(figures: Sequence[Metric]) -> None:
    """Show figures in a row that wraps on narrow screens."""
    with st.grid(min_column_width=160):
        for figure in figures:
            st.metric(
                md_escape(figure.label),
                md_escape(figure.value),
                figure.change,
                help=md_escape(figure.help) if figure.help else None,
                border=True,
                height="stretch",
            )


class _AsMade:
    """A chart of ours as it is handed to Streamlit: that it is sound is checked by the tests, and not at each look.

    Altair's check against the schema of Vega-Lite takes half of the time that a chart needs.
    """

    def __init__(self, chart: Any) -> None:
        from altair.utils import schemapi

        schemapi.disable_debug_mode()  # nor the parts of a chart when they are made
        self._chart = chart

    def to_dict(self) -> dict[str, Any]:
        """Return the chart as Vega-Lite."""
        return self._chart.to_dict(validate=False)


def chart(
    chart: alt.Chart | alt.LayerChart | alt.FacetChart | alt.HConcatChart | alt.VConcatChart,
    alt: str,
    *,
    name: str,
    data: pd.DataFrame | None = None,
    on_select: Callable[[], None] | None = None,
    of_study: bool = True,
) -> Any:
    """Show a chart with its data and its downloads.

    Parameters
    ----------
    chart : Altair chart
    alt : str
        What the chart shows, for those who do not see it.
    name : str
        ASCII, unique on the page: the key of the chart and the name of its files.
    data : DataFrame, optional
        The rows behind the marks, with readable column names.
    on_select : callable, optional
        Called after a selection; the page then reads the returned state.
    of_study : bool
        The figures are those of the open study, and on paper the chart names it as their source.

    Returns
    -------
    The selection when ``on_select`` is given, else an element.
    """
    t = session.t()
    source = study_source() if of_study else None

    def png() -> bytes:
        from analysis.exports import pictures

        return pictures.chart_png(chart, language=t.language, source=source)

    def svg() -> str:
        from analysis.exports import pictures

        return pictures.chart_svg(chart, language=t.language, source=source)

    shown, title, about = untitled(chart)
    shown = on_dark(shown) if st.context.theme.type == "dark" else shown
    as_made: Any = _AsMade(shown)  # Streamlit asks for its Vega-Lite alone
    with st.container(gap="xsmall"):
        if title and about:
            st.markdown(f"**{md_escape(title)}** :small[:gray[· {md_escape(about)}]]")
        elif title:
            st.markdown(f"**{md_escape(title)}**")
        drawn = st.altair_chart(as_made, width="stretch", alt=alt, key=f"chart_{name}", on_select=on_select or "ignore")
    with st.popover(t("app.data_and_download"), icon=":material/table_view:", type="tertiary", key=f"data_{name}"):
        if data is not None:
            st.dataframe(data, hide_index=True, alt=alt, placeholder="–")
        with st.container(horizontal=True):
            if data is not None:
                _download(t("app.download_csv"), _csv(data), f"{name}.csv", "text/csv")
            _download(t("app.download_png"), png, f"{name}.png", "image/png")
            _download(t("app.download_svg"), svg, f"{name}.svg", "image/svg+xml")
    return drawn


def untitled(chart: Any) -> tuple[Any, str, str]:
    """Return a chart without its title, and title and subtitle: on a page they wrap, in a chart they would be cut."""
    import altair as alt

    title = getattr(chart, "title", alt.Undefined)
    text, below = getattr(title, "text", title), getattr(title, "subtitle", alt.Undefined)
    if not isinstance(text, str) or not text:
        return chart, "", ""
    plain = alike(chart)
    plain.title = alt.Undefined
    return plain, text, below if isinstance(below, str) else ""


def table(
    frame: pd.DataFrame,
    columns: Mapping[str, Any] | None = None,
    *,
    alt: str,
    name: str,
    whole: Callable[[], pd.DataFrame] | None = None,
    n_whole: int | None = None,
    file: str | None = None,
    pick: bool = False,
) -> int | None:
    """Show a table that can be sorted and downloaded; with ``pick`` return the row that the reader chose, if any.

    Parameters
    ----------
    frame : DataFrame
        Up to ``ROWS_SHOWN`` rows are shown; the download holds all.
    columns : mapping, optional
        Column name to title or ``st.column_config`` entry. Whole numbers without an entry are written with separators.
    alt : str
        What the table holds, for those who do not see it.
    name : str
        ASCII, unique on the page: the key of the table and the name of its file.
    whole, n_whole : callable and int, optional
        Make the download and count its rows, when it holds more than ``frame``; called only on a click.
    file : str, optional
        What the file of the download is called, in words of the reader; else ``name``.
    """
    t = session.t()
    shown = frame.head(ROWS_SHOWN)
    counts = {column: st.column_config.NumberColumn(format="localized") for column in _whole_numbers(shown)}
    choosing: dict[str, Any] = {"on_select": "rerun", "selection_mode": "single-row"} if pick else {}
    drawn: Any = st.dataframe(
        shown, hide_index=True, column_config=counts | dict(columns or {}), alt=alt, key=f"table_{name}",
        placeholder="–", **choosing,
    )  # fmt: skip
    n_rows = n_whole if n_whole is not None else len(frame)
    if n_rows > len(shown):
        st.caption(md_escape(t("app.rows_shown", shown=len(shown), n=n_rows)))
    download_csv(whole or frame, name, file=file)
    chosen = [place for place in drawn.selection.rows if place < len(shown)] if pick else []
    return chosen[0] if chosen else None


def _whole_numbers(frame: pd.DataFrame) -> list[str]:
    import pandas as pd

    return [name for name in frame.columns if pd.api.types.is_integer_dtype(frame[name])]


def download_csv(frame: pd.DataFrame | Callable[[], pd.DataFrame], name: str, *, file: str | None = None) -> None:
    """Offer rows, or what makes them, as a CSV file; ``name`` is ASCII and unique on the page, ``file`` in words."""
    from analysis.exports.names import safe_file_name

    called = safe_file_name(f"{file or name}.csv", instead=name)
    _download(session.t()("app.download_csv"), _csv(frame), called, "text/csv", key=name)


def empty_state(text: str, page: str | None = None) -> None:
    """Say what is missing, and link to the page (``"<section>/<page>"``) where it comes from."""
    with st.container(border=True):
        st.markdown(md_escape(text))
        if page is not None:
            # The menu calls some pages by the entry that they stand under.
            title = session.t()(f"{page.split('/')[-1]}.title")
            st.page_link(page_path(page), label=title, icon=":material/arrow_forward:")


def no_study() -> None:
    """Say that no study is open, and where one is opened."""
    empty_state(session.t()("app.no_study"), "data/start")


def error(problem: AnalysisError) -> None:
    """Show what cannot be done and why, in the reader's language."""
    sentence = session.t()(f"error.{problem.code}", **masked_problem(problem).facts)
    st.error(md_escape(sentence), icon=":material/error:")


def hint(problem: AnalysisError) -> None:
    """Show what cannot be done yet and what helps: an answer, not an alarm."""
    with st.container(key="answer"):
        st.markdown(md_escape(session.t()(f"error.{problem.code}", **masked_problem(problem).facts)))


def next_step(page: str, called: str | None = None) -> None:
    """Link to the page (``"<section>/<page>"``) that comes next, by its title or the text ``called``; comes last."""
    t = session.t()
    title = t(called or f"{page.split('/')[-1]}.title")
    st.divider()
    st.page_link(page_path(page), label=md_escape(t("app.next", page=title)), icon=":material/arrow_forward:")


def how_computed(key: str, **facts: Any) -> None:
    """Show the method behind the page, closed at first; the text of ``key`` may use Markdown, the facts may not."""
    t = session.t()
    with st.expander(t("app.how_computed"), icon=":material/function:"):
        st.markdown(label(key, **facts))


def code(text: str) -> None:
    """Show the Python lines that reproduce the page, closed at first."""
    with st.expander(session.t()("app.show_code"), icon=":material/code:"):
        st.code(text, "python")


def _csv(frame: pd.DataFrame | Callable[[], pd.DataFrame]) -> Callable[[], bytes]:
    def write() -> bytes:
        from analysis.exports import csv

        return csv.csv_bytes(frame() if callable(frame) else frame)

    return write


def _download(
    label: str, write: Callable[[], bytes | str], file_name: str, mime: str, *, key: str | None = None
) -> None:
    st.download_button(
        label,
        write,
        file_name,
        mime,
        key=f"download_{f'{key}.csv' if key else file_name}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )
