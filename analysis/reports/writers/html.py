"""A report as one HTML file: no script, nothing fetched, every text escaped, cut for A4 when printed."""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING, Any

from analysis.exports.experiment.report import POLICY
from analysis.reports.content import UNKNOWN

if TYPE_CHECKING:
    from analysis.reports.content import Page, Report
    from analysis.reports.drawn import Drawn
    from analysis.translate import Translate

_PAGE = """<!DOCTYPE html>
<html lang="{{ lang }}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ report.title }}</title>
<style>
@page { size: A4; margin: 16mm; }
body { font: 15px/1.55 'Source Sans 3', 'Source Sans', 'Segoe UI', 'Helvetica Neue', 'Noto Sans CJK SC', 'Noto Sans SC',
  'PingFang SC', 'Microsoft YaHei', sans-serif; color: #1b1f27; background: #fff; max-width: 860px;
  margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
header { border-bottom: 3px solid {{ report.accent }}; padding-bottom: .8rem; margin-bottom: 1rem; }
header img { max-height: 56px; max-width: 240px; float: right; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: .95rem; color: {{ report.accent }}; margin: 2rem 0 0; }
h3 { font-size: 1.25rem; line-height: 1.3; margin: .3rem 0 .6rem; break-after: avoid; }
.quiet, .note { color: #5c626e; } .note { font-size: .82rem; margin: .3rem 0; }
nav ol { columns: 2; margin: .4rem 0; padding-left: 1.3rem; } nav a { color: inherit; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: .6rem; margin: .8rem 0; }
.figures div { border-left: 3px solid {{ report.accent }}; padding-left: .6rem; }
.figures b { display: block; font-size: 1.3rem; } .figures span { color: #5c626e; font-size: .85rem; }
table { border-collapse: collapse; font-size: .85rem; width: 100%; }
th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid #dcdfe5; vertical-align: top; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.wide { overflow-x: auto; } figure { margin: 1rem 0; break-inside: avoid; }
figure svg { max-width: 100%; height: auto; max-height: 235mm; }
pre { background: #f4f5f7; padding: .8rem; font-size: .78rem; white-space: pre-wrap; }
ul { margin: .4rem 0; padding-left: 1.2rem; } tr, .figures { break-inside: avoid; } thead { display: table-header-group; }
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 10.5pt; } .wide { overflow: visible; }
  details { display: none; } .page + .page { margin-top: 6mm; } }
</style>
</head>
<body>
<header>{% if logo %}<img alt="" src="{{ logo }}">{% endif %}<h1>{{ report.title }}</h1>
{% for line in lines %}<div class="quiet">{{ line }}</div>
{% endfor %}</header>
<nav><strong>{{ words.contents }}</strong><ol>{% for section in report.sections %}<li><a href="#{{ section.key }}">{{ section.name }}</a></li>
{% endfor %}</ol></nav>
<main>
{% for section in report.sections %}<section id="{{ section.key }}"><h2>{{ section.name }}</h2>
{% for page in section.pages %}<div class="page"><h3>{{ page.title }}</h3>
{% if page.figures %}<div class="figures">{% for one in page.figures %}<div><b>{{ one.value }}</b><span>{{ one.name }}</span></div>{% endfor %}</div>
{% endif %}{% for said in page.sentences %}<p>{{ said }}</p>
{% endfor %}{% if page.chart %}<figure role="img" aria-label="{{ page.chart.alt }}">{{ drawn(page) }}</figure>
{% endif %}{% if page.table %}<div class="wide"><table><thead><tr>{% for column in page.table.columns %}<th scope="col"{% if column.form != "text" %} class="n"{% endif %}>{{ column.title }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in page.table.rows(t) %}<tr>{% for cell in row %}<td{% if page.table.columns[loop.index0].form != "text" %} class="n"{% endif %}>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table></div>
{% endif %}{% if page.points %}<ul>{% for said in page.points %}<li>{{ said }}</li>{% endfor %}</ul>
{% endif %}{% for said in page.notes %}<p class="note">{{ said }}</p>
{% endfor %}{% if page.code %}<pre>{{ page.code }}</pre>
{% endif %}</div>
{% endfor %}</section>
{% endfor %}<section id="about"><h2>{{ words.about }}</h2><ul>{% for said in report.remarks %}<li>{{ said }}</li>{% endfor %}</ul>
<details><summary>{{ words.recipe }}</summary><pre>{{ report.recipe }}</pre></details></section>
</main>
</body>
</html>
"""


def report_html(report: Report, t: Translate, drawn: Drawn) -> str:
    """Return the page.

    Raises
    ------
    AnalysisError
        ``no_chinese_font``: the language is Chinese and no font of this machine can draw it.
    """
    words = {key: t(f"report.{key}") for key in ("contents", "about", "recipe")}
    return _template().render(
        report=report, t=t, words=words, lang="zh-CN" if report.language == "zh" else "en", policy=POLICY,
        lines=under_title(report, t), logo=_inline(report.logo), drawn=lambda page: _picture(page, drawn),
    )  # fmt: skip


def under_title(report: Report, t: Translate) -> list[str]:
    """Return the lines under the title: for whom, of which study, of which day."""
    client = [t("report.made_for", client=report.client)] if report.client else []
    study = [t("report.study", study=report.study)] if report.study != report.title else []
    return [*client, *study, t("report.as_of", day=report.day)]


def _picture(page: Page, drawn: Drawn) -> Any:
    """Return the drawing of a page's chart: vl-convert escapes every label, so a script in it would be no chart."""
    from markupsafe import Markup

    svg = UNKNOWN if page.chart is None else drawn.svg(page.chart)
    if "<script" in svg.lower():
        raise ValueError("a drawn chart holds a script")
    return Markup(svg)


def _inline(logo: bytes | None) -> str:
    return "" if logo is None else "data:image/png;base64," + base64.b64encode(logo).decode("ascii")


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    return Environment(autoescape=True, undefined=StrictUndefined).from_string(_PAGE)
