"""The report of a reading as one HTML page: no script, nothing fetched, and what came from a file is always text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from analysis.experiments import words
from analysis.experiments.note_words import note_texts
from analysis.exports.experiment.contents import (
    ReadingContents,
    effect_tables,
    method_sentences,
    segment_rows,
)

if TYPE_CHECKING:
    import pandas as pd

    from analysis.translate import Translate

# Styles stand in the page; pictures are inline SVG. Nothing else may load or run.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_PAGE = """<!DOCTYPE html>
<html lang="{{ lang }}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ name }}</title>
<style>
body { font: 15px/1.5 'Source Sans', 'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif;
  color: #1b1f27; max-width: 900px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.15rem; margin: 1.6rem 0 .4rem; }
.quiet { color: #606673; } .answer { font-size: 1.1rem; }
.alarm { border-left: 4px solid #c0392b; padding: .3rem .8rem; background: #fbeceb; margin: .4rem 0; }
.remark { border-left: 4px solid #c96a00; padding: .3rem .8rem; background: #fdf4e7; margin: .4rem 0; }
table { border-collapse: collapse; font-size: .82rem; width: 100%; } .wide { overflow-x: auto; }
th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid #dcdfe5; vertical-align: top; }
figure { margin: .8rem 0; } figure svg { max-width: 100%; height: auto; }
pre { background: #f4f5f7; padding: .8rem; overflow-x: auto; font-size: .8rem; white-space: pre-wrap; }
@media print { body { margin: 0; max-width: none; } section { break-inside: avoid; } }
</style>
</head>
<body>
<h1>{{ name }}</h1>
<p class="quiet">{{ read_at }}</p>
{% for sentence in alarms %}<p class="alarm">{{ sentence }}</p>
{% endfor %}{% for sentence in remarks %}<p class="remark">{{ sentence }}</p>
{% endfor %}<p class="answer">{{ answer }}</p>
{% for part in parts %}<section>
<h2>{{ part.title }}</h2>
{% for sentence in part.sentences %}<p>{{ sentence }}</p>
{% endfor %}{% for figure in part.figures %}<figure role="img" aria-label="{{ figure.alt }}">{{ figure.svg }}</figure>
{% endfor %}{% if part.table %}<div class="wide"><table>
<thead><tr>{% for title in part.table.titles %}<th>{{ title }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in part.table.rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table></div>
{% endif %}{% if part.code %}<pre>{{ part.code }}</pre>
{% endif %}</section>
{% endfor %}</body>
</html>
"""


def report_html(contents: ReadingContents, t: Translate, *, language: str) -> str:
    """Write the report: alarms, the answer, effects, segments, days, the decision, where it comes from, the code.

    Every text is escaped; the charts are drawn here as SVG, without the page's help.

    Raises
    ------
    AnalysisError
        ``no_chinese_font``: the language is Chinese and no font of this machine can draw it.
    """
    found = contents.found
    figures = drawn_figures(contents.charts, t, language=language)
    parts = []
    if contents.decision is not None:
        sentences = [*words.decision_text(contents.decision, t), words.rule_text(contents.decision, t)]
        parts.append(report_part(t("read.view_decide"), sentences))
    cuped = [words.cuped_text(result, t) for result in found.results if result.adjusted is not None]
    difference, relative = effect_tables(found, t)
    sentences = [*method_sentences(found, t), *cuped]
    parts.append(report_part(t("read.comparisons"), [], figures("effects_alt", "arms_alt"), report_table(difference)))
    parts.append(report_part(t("read.relative"), sentences, table=report_table(relative)))
    beliefs = [
        words.belief_text(result, found.beliefs[key], t)
        for result in found.results
        if (key := (result.metric.name, result.treatment)) in found.beliefs
    ]
    parts.append(report_part(t("read.view_belief"), beliefs))
    always = [
        words.always_text(result, *found.always[key], t)
        for result in found.results
        if (key := (result.metric.name, result.treatment)) in found.always
    ]
    parts.append(report_part(t("read.view_days"), always, figures("days_alt")))
    if contents.segments is not None:
        segments = contents.segments
        sentences = note_texts(segments.notes, t) + words.segments_answer(segments, t)
        sentences += [words.targets_answer(contents.targets, t)] if contents.targets else []
        table = report_table(segment_rows(segments, contents.kind(segments.metric), t))
        parts.append(report_part(t("read.by_segment"), sentences, figures("forest_alt", "money_alt"), table))
    parts.append(report_part(t("read.where_from"), list(contents.source)))
    if contents.code:
        parts.append(report_part(t("app.show_code"), code=contents.code))
    return report_page(
        contents.name, contents.read_at, words.prose(words.answer(found, t), t), parts, t, language=language,
        alarms=[words.note_text(note, t) for note in found.alarms],
        remarks=note_texts([note for note in found.health if note.level == "check"], t),
    )  # fmt: skip


def report_page(
    name: str,
    read_at: datetime,
    answer: str,
    parts: Sequence[Mapping[str, Any]],
    t: Translate,
    *,
    language: str,
    alarms: Sequence[str] = (),
    remarks: Sequence[str] = (),
    dated: str = "read.read_at",
) -> str:
    """Write a page of a report: alarms and remarks first, then the answer, then its parts; every text is escaped."""
    return _template().render(
        lang="zh-CN" if language == "zh" else "en", policy=POLICY, name=name,
        read_at=t(dated, day=read_at.date()), alarms=alarms, remarks=remarks, answer=answer, parts=parts,
    )  # fmt: skip


def drawn_figures(charts: Mapping[str, Any], t: Translate, *, language: str) -> Callable[..., list[dict[str, Any]]]:
    """Draw charts as SVG; what is returned gives the figures of some keys, of those there are."""
    from analysis.exports.pictures import chart_svg

    drawn = {key: chart_svg(chart, language=language) for key, chart in charts.items()}

    def figures(*keys: str) -> list[dict[str, Any]]:
        return [{"alt": t(f"read.{key}"), "svg": _safe_svg(drawn[key])} for key in keys if key in drawn]

    return figures


def report_part(
    title: str, sentences: list[str] | None = None, figures: list[Any] | None = None, table: Any = None, code: str = ""
) -> dict[str, Any]:
    """Return one part of a page: a title with what there is under it."""
    return {"title": title, "sentences": sentences or [], "figures": figures or [], "table": table, "code": code}


def report_table(frame: pd.DataFrame) -> dict[str, Any]:
    """Return a frame of words as a table of a page."""
    return {"titles": list(frame.columns), "rows": frame.to_numpy().tolist()}


def _safe_svg(svg: str) -> Any:
    """Mark an SVG that vl-convert drew as safe: it escapes every label, so a script in it would be no chart of ours."""
    from markupsafe import Markup

    if "<script" in svg.lower():
        raise ValueError("a drawn chart holds a script")
    return Markup(svg)


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    return Environment(autoescape=True, undefined=StrictUndefined).from_string(_PAGE)
