"""The builder of a report: what is in it and how it looks, kept with the study; made beside the page."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import streamlit as st

from analysis.errors import AnalysisError
from analysis.reports.choices import PRESETS, Format, ReportChoices, SectionKey
from analysis.reports.kept import changes_since, kept_parts, mark_of, run_before
from analysis.reports.logo import MOST_BYTES, logo_text
from analysis.reports.write import check_machine, report_formats, write_report
from analysis.study import StudyResult
from texts import translator
from ui import bound, compute, session, show, work
from ui.share import exports
from ui.share.logged import logged

if TYPE_CHECKING:
    from analysis.workspace import Workspace

NAME = "report"  # of the document, of which a study has one
KINDS: tuple[Format, ...] = get_args(Format)
MIMES = {
    "html": "text/html",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ipynb": "application/x-ipynb+json",
    "py": "text/x-python",
    "yaml": "application/yaml",
}
_KINDS = "report_kinds"


@dataclass(frozen=True)
class Made:
    """A report that lies in the folder of its job: its files, and its headings by section."""

    files: tuple[Path, ...]
    outline: tuple[tuple[str, tuple[str, ...]], ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    """A report that is asked for: of which study, how, as what; with it what the study keeps besides."""

    study: compute.LoadedStudy
    result: StudyResult
    choices: ReportChoices
    kinds: tuple[Format, ...]

    @cached_property
    def parts(self) -> dict[str, Any]:
        """Experiments, words on personas and choices of the playbook."""
        return kept_parts(compute.workspace(), self.study.id)

    @cached_property
    def before(self) -> Any:
        """The run that changes are told since, where they are asked for and one is kept."""
        if "changes" not in self.choices.chosen:
            return None
        return run_before(compute.workspace(), self.study.id, self.result)

    @cached_property
    def key(self) -> str:
        """Names everything that the report depends on."""
        study, before = self.study, "" if self.before is None else self.before.id
        choices = (study.recipe.model_dump_json(), self.choices.model_dump_json())
        return "\n".join((NAME, study.id, study.version, *choices, mark_of(self.parts), before, *sorted(self.kinds)))

    def begin(self) -> None:
        """Begin to make the files beside the page."""
        workspace, quality = compute.workspace(), self.study.run.quality()  # here: a job calls nothing of Streamlit
        work.start(self.key, lambda job: self._made(job, workspace, replace(self.result, quality=quality)))

    def _made(self, job: work.Job[Made], workspace: Workspace, result: StudyResult) -> Made:
        from analysis.reports.build import build_report

        words = translator(self.choices.language, result.recipe.currency)
        if self.before is not None:
            job.say("report.step.compare")
        since = changes_since(workspace, self.study.id, result, self.before)
        job.say("report.step.gather")
        report = build_report(
            result, self.choices, words, **self.parts, since=since,
            kept_in=self.study.kept_in or "", progress=lambda share: job.report(share / 2),
        )  # fmt: skip
        job.say("report.step.write")
        files = write_report(report, job.folder, self.kinds, words, progress=lambda share: job.report(0.5 + share / 2))
        outline = tuple((one.name, tuple(page.title for page in one.pages)) for one in report.sections)
        return Made(tuple(files), outline, report.remarks)


def saved(study_id: str) -> ReportChoices:
    """Return the choices that are kept with the study, else those of a new report in the reader's language."""
    kept = compute.workspace().document("report", NAME, study_id)
    return kept.value if kept is not None else ReportChoices(language=session.language())


def change(study_id: str, **update: Any) -> None:
    """Keep choices of the report with the study."""
    begun = ReportChoices(language=session.language())
    try:
        compute.workspace().change_document(
            "report", NAME, lambda value: (value or begun).model_copy(update=update), study_id
        )
    except AnalysisError as problem:
        session.keep(session.REFUSED, problem)


def choose(study: compute.LoadedStudy) -> ReportChoices:
    """Show the choices and return them as they are kept."""
    t, choices, study_id = session.t(), saved(study.id), study.id

    def keeps(name: str) -> Callable[[Any], None]:
        return lambda value: change(study_id, **{name: value}) if value is not None else None

    def preset(value: Any) -> None:
        if value is not None:
            change(study_id, preset=value, sections=())

    def sections(value: Any) -> None:
        change(study_id, sections=tuple(value))

    with st.container(horizontal=True, vertical_alignment="bottom", key="report_kind"):
        st.segmented_control(
            t("report.preset"), list(PRESETS), format_func=lambda one: t(f"report.preset.{one}"),
            help=show.md_escape(t("report.preset.help")), **bound.one("report_preset", choices.preset, preset),
        )  # fmt: skip
        st.segmented_control(
            t("report.language"), ["en", "zh"], format_func=lambda one: t(f"app.language_{one}"),
            **bound.one("report_language", choices.language, keeps("language")),
        )  # fmt: skip
    with st.expander(t("report.more"), key="report_more"):
        st.multiselect(
            t("report.sections"), list(get_args(SectionKey)), format_func=lambda key: t(f"report.section.{key}"),
            help=show.md_escape(t("report.sections.help")), wrap=True, placeholder=t("report.sections.help"),
            **bound.one("report_sections", list(choices.chosen), sections),
        )  # fmt: skip
        left, right = st.columns(2)
        left.text_input(
            t("report.name"), max_chars=300, placeholder=study.recipe.name,
            **bound.one("report_title", choices.title, keeps("title"), kind=str),
        )  # fmt: skip
        right.text_input(
            t("report.client"), max_chars=300, **bound.one("report_client", choices.client, keeps("client"), kind=str)
        )
        left.color_picker(t("report.accent"), **bound.one("report_accent", choices.accent, keeps("accent"), kind=str))
        with right:
            _logo(study_id, choices)
    return choices


def _logo(study_id: str, choices: ReportChoices) -> None:
    """Take a logo from a file, or let go of the one there is."""
    t = session.t()
    if choices.logo:
        st.image(base64.b64decode(choices.logo), width=160)
        st.button(t("report.logo.remove"), key="report_logo_remove", on_click=lambda: change(study_id, logo=""))
        return
    found = st.file_uploader(
        t("report.logo"), type=["png", "jpg", "jpeg", "gif", "webp", "svg"],
        key=f"report_logo_{session.upload_round()}", max_upload_size=MOST_BYTES // 1_000_000,
        help=show.md_escape(t("report.logo.help")),
    )  # fmt: skip
    if found is None:
        return
    try:
        change(study_id, logo=logo_text(found.getvalue()))
    except AnalysisError as problem:
        show.error(problem)
        return
    session.next_upload()
    st.rerun()


def make(study: compute.LoadedStudy, result: StudyResult, choices: ReportChoices) -> None:
    """Offer to make the files, show how far they are, then the files and their headings."""
    t = session.t()
    chosen = list(session.kept(_KINDS, ("html", "pdf")))
    found = st.pills(
        t("report.kinds"), KINDS, selection_mode="multi", format_func=lambda kind: t(f"report.kind.{kind}"),
        **bound.one(_KINDS, chosen, lambda value: session.keep(_KINDS, tuple(value))),
    )  # fmt: skip
    kinds = report_formats(sorted(found, key=KINDS.index)) if found else ()
    order = Order(study, result, choices, kinds)
    key = order.key
    job = work.find(key)
    if job is not None and job.is_running:
        work.watch(job, doing=t("report.making"))
        return
    if job is not None and job.is_done:
        _offer(study, result, job.future.result())
        return
    problem = _cannot(choices, kinds) or (job.problem if job is not None else None)
    if isinstance(problem, AnalysisError):
        show.error(problem)
    st.button(
        t("report.make"), type="primary", icon=":material/summarize:", key="report_make", disabled=not kinds,
        on_click=order.begin,
    )  # fmt: skip


def _cannot(choices: ReportChoices, kinds: tuple[Format, ...]) -> AnalysisError | None:
    """Return what this machine cannot write, before anything is begun."""
    try:
        check_machine(choices.language, kinds)
    except AnalysisError as problem:
        return problem
    return None


def _offer(study: compute.LoadedStudy, result: StudyResult, made: Made) -> None:
    """Show a button for each file, and below them the page where it was made, else the headings."""
    t = session.t()
    with st.container(horizontal=True, key="report_files"):
        for place, path in enumerate(made.files):
            ending = path.suffix[1:]
            st.download_button(
                t(f"report.kind.{ending}"), logged("report", path.read_bytes, masked=True),
                exports.file_name(study, result, f"{t('report.file')}{path.suffix}"), MIMES[ending],
                key=f"download_report_{ending}", on_click="ignore", icon=":material/download:",
                type="primary" if place == 0 else "secondary",
            )  # fmt: skip
    page = next((path for path in made.files if path.suffix == ".html"), None)
    with st.container(border=True, key="report_outline", height=480):
        if page is not None:  # it holds no script and lets nothing be fetched, by a policy of its own
            st.iframe(page.read_text("utf-8"), height=445, alt=t("report.preview"))
            return
        for name, titles in made.outline:
            st.caption(show.md_escape(name))
            for title in titles:
                st.markdown(show.md_escape(title))
        st.caption(show.md_escape(t("report.about")))
        for remark in made.remarks:
            st.markdown(show.md_escape(remark))


def code(study: compute.LoadedStudy, result: StudyResult, choices: ReportChoices) -> str:
    """Return the lines of Python that write the same report."""
    from analysis.reports.code import report_code

    order = Order(study, result, choices, ())
    parts_of = study.id if any(order.parts.values()) or order.before is not None else None
    return report_code([table.file for table in study.tables], choices, kept_in=study.kept_in, parts_of=parts_of)
