"""What tests of the page that reads an experiment do with it: type figures, hand over a table, run its code."""

from __future__ import annotations

import re

PAGE = "experiments/read"
FIGURES = (("A", 1000, 200), ("B", 1000, 250))
MESSY = "user_id,group,bought,spend,city,day,before\n" + "".join(
    f"{i:04},{('A', 'b ', 'B')[i % 3] if i % 3 else 'A'},{int(i % (5 if i % 3 else 7) == 0)},{i % 11}.5,"
    f"{('London', 'Leeds')[i % 2]},2024-05-{1 + i % 20:02},{i % 13}\n"
    for i in range(1200)
)


def type_figures(app, figures=FIGURES):
    for place, (name, n, conversions) in enumerate(figures):
        if place > 1:
            app.get_by_key("read_add").click().run()
        app.get_by_key(f"read_name_{place}").set_value(name).run()
        app.get_by_key(f"read_n_{place}").set_value(n).run()
        app.get_by_key(f"read_conversions_{place}").set_value(conversions).run()
        assert not app.exception, app.exception
    return app


def upload(app, content: str | bytes, name="results.csv"):
    app.get_by_key("read_source").set_value("table").run()
    content = content.encode() if isinstance(content, str) else content
    app.file_uploader[0].upload(name, content).run()
    assert not app.exception, app.exception
    return app


def view(app, name: str):
    app.get_by_key("read_shown_view").set_value(name).run()
    assert not app.exception, app.exception
    return app


def run_code(app, tables, name: str, content: str) -> str:
    """Run the code under a joined reading, its files handed over; return what it prints."""
    import contextlib
    import io

    from analysis.intake.reading.read import read_file

    code = next(block.value for block in app.code)
    assert f"read_file({name!r})" in code
    code = re.sub(r"tables = read\(.*\)", "tables = TABLES", code.replace(f"read_file({name!r})", "RESULTS"))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "code", "exec"), {"TABLES": tables, "RESULTS": read_file(content.encode(), name=name)})
    return printed.getvalue()


def no_nonsense(text: str) -> None:
    assert not re.search(r"\b(nan|inf|None)\b", text), text
