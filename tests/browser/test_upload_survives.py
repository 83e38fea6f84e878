"""A large upload in a real browser: loaded again in the middle it is found again, and one click stops it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from analysis.workspace import Workspace
from texts import catalogue

PATIENCE = 120_000
N_CUSTOMERS, N_ROWS = 5_000, 1_500_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return orders that take some seconds to read."""
    import duckdb

    path = tmp_path_factory.mktemp("large") / "orders.csv"
    duckdb.execute(
        f"COPY (SELECT 'c' || (range * 7919) % {N_CUSTOMERS} customer_id, 'o' || range order_id,"
        f" DATE '2023-01-01' + CAST(range % 700 AS INTEGER) order_date, range % 97 + 1 amount FROM range({N_ROWS}))"
        f" TO '{path}' (HEADER)"
    )
    return path


def begin(visit, server, large: Path):
    page = visit(server.url)
    page.locator("input[type='file']").first.set_input_files(str(large))
    expect(page.locator(".st-key-stop_work")).to_be_visible(timeout=PATIENCE)
    return page


def kept(server) -> dict[str, int]:
    workspace = Workspace.open(server.home)
    found = {study.name: study.n_rows for study in workspace.studies()}
    workspace.close()
    return found


def test_an_upload_goes_on_when_the_page_is_loaded_again_and_only_its_owner_finds_it(
    fresh_server, visit, settle, large
) -> None:
    page = begin(visit, fresh_server, large)
    page.wait_for_url(re.compile(r"reading=[\w-]{22}"), timeout=PATIENCE)
    stranger = visit(fresh_server.url)
    expect(stranger.locator(".st-key-stop_work")).to_have_count(0)
    page.reload()
    page.wait_for_url(re.compile("/overview.*study="), timeout=PATIENCE)
    expect(page.locator("[data-testid='stMain'] h1")).to_have_text(catalogue()["overview.title"]["en"])
    assert "reading=" not in page.url
    assert kept(fresh_server) == {"orders": N_ROWS}


def test_one_click_stops_an_upload_and_nothing_is_kept(fresh_server, visit, settle, large) -> None:
    page = begin(visit, fresh_server, large)
    page.locator(".st-key-stop_work button").click()
    expect(page.get_by_text(catalogue()["app.stopped"]["en"])).to_be_visible(timeout=PATIENCE)
    settle(page)
    expect(page.locator(".st-key-stop_work")).to_have_count(0)
    assert "reading=" not in page.url
    assert kept(fresh_server) == {}
