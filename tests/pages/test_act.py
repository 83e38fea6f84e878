"""Act from the list to the next advice, as a person clicks through it."""

from __future__ import annotations

from analysis.act.notify import deliver
from analysis.act.playbook.trade import own_trade
from analysis.workspace import Workspace
from tests.act.test_notify import SECRET, server, status
from tests.samples import SAMPLES, SHOP


def tell(app, study: str, monkeypatch) -> None:
    """Let whom to tell be kept, see the message first, and see it sent once."""
    app.text_input(key="tell_url_webhook").input("https://hooks.example.org/in")
    app.text_input(key="tell_secret_webhook").input("short")
    app.button(key="tell_keep").click().run()
    workspace = Workspace.open()
    assert "whsec" in app.error[0].value and not workspace.receivers(study)
    app.text_input(key="tell_secret_webhook").input(SECRET)
    app.button(key="tell_keep").click().run()
    assert not app.exception and not app.error and workspace.receivers(study)
    assert not any(one.key == "tell_send" for one in app.button)  # nothing is sent before it was shown
    [toggle] = [one for one in app.toggle if "shown" in str(one.key)]
    toggle.set_value(True).run()
    assert '"list.made"' in app.code[0].value
    with server(status(204)) as (url, seen):
        asked = deliver.looked_up
        monkeypatch.setattr(deliver, "looked_up", lambda _, local=False: asked(url, local=True))
        app.button(key="tell_send").click().run()
        for _ in range(100):
            if any(one.state == "done" for one in workspace.deliveries(study)):
                break
            app.run()
    app.run()
    assert len(seen) == 1 and not app.exception and not any(one.key == "tell_send" for one in app.button)
    assert any("hooks.example.org" in one.value.to_csv() for one in app.dataframe)


def test_a_list_is_made_told_reviewed_and_moves_the_next_advice(make_study, open_page, monkeypatch) -> None:
    study = make_study(SAMPLES / f"{SHOP}.xlsx")
    app = open_page("act/lists", study=study)
    assert not app.exception, app.exception
    app.button(key="list_make").click().run()
    assert not app.exception, app.exception
    workspace = Workspace.open()
    [made] = workspace.campaigns(study)
    assert made.n_held and made.n_sent and made.expected is not None and made.window_days == 30
    assert not app.error
    app.text_area[0].input("{name} 您好").run()
    assert not app.exception and not app.error and app.get("download_button")
    tell(app, study, monkeypatch)
    app = open_page("act/actions", "zh", study=study)
    assert not app.exception, app.exception
    assert made.name in app.markdown[-1].value or any(made.name in str(one.value) for one in app.markdown)

    from analysis.act.campaign import Came, Counted

    counts = tuple(
        Counted(segment=arms.segment, arm=arm, n=len(hashes), responded=len(hashes) // part)
        for arms in made.arms
        for arm, hashes, part in (("sent", arms.sent, 2), ("held", arms.held, 9))
    )
    before = open_page("act/playbook", study=study)
    assert not before.exception, before.exception
    came = Came(read_on=made.made_on, source="orders", counts=counts)
    workspace.change_campaign(study, made.name, lambda now: now.model_copy(update={"came": came}))
    after = open_page("act/playbook", study=study)
    assert not after.exception, after.exception
    told = [[str(one.value) for one in page.caption] for page in (before, after)]
    assert told[0] != told[1]
    review = open_page("act/review", "zh", study=study)
    assert not review.exception, review.exception
    product = open_page("act/product", "zh", study=study)
    assert not product.exception and not product.error
    assert len(product.dataframe) >= 1


def test_a_trade_of_ones_own_and_words_of_a_play_are_kept_and_used(make_study, open_page) -> None:
    study = make_study(SAMPLES / f"{SHOP}.xlsx")
    given = own_trade(
        'name = {en = "Dance school", zh = "舞蹈学校"}\ncustomer = {en = "dancers", zh = "舞者"}'.encode(), "dance.toml"
    )
    workspace = Workspace.open()
    workspace.save_document("trade", given, given.key, study, revision=None)
    workspace.set_setting("playbook", {"trade": given.key}, study)
    app = open_page("act/playbook", "zh", study=study)
    assert not app.exception and not app.error
    said = " ".join(str(one.value) for one in (*app.markdown, *app.caption))
    assert given.name.zh in said and given.customer.zh in said
    app.button(key="trade_tags").click().run()
    assert not app.exception and set(given.tags) & {tag.key for tag in workspace.load_recipe(study).recipe.tags}
    [offer] = [one for one in app.text_area if str(one.key).startswith("words_offer_")][:1]
    offer.input("A free <b>class</b>").run()
    assert not app.exception and "A free" in str(workspace.setting("playbook", {}, study)["texts"])
    assert any("A free" in str(one.value) for one in app.markdown)


def test_customers_are_called_what_the_trade_calls_them_on_every_page(make_study, open_page) -> None:
    study = make_study(SAMPLES / f"{SHOP}.xlsx")
    plain = open_page("customers/overview", "zh", study=study)
    Workspace.open().set_setting("playbook", {"trade": "education"}, study)
    called = open_page("customers/overview", "zh", study=study)
    assert not plain.exception and not called.exception
    before, after = ([str(one.value) for one in app.markdown] for app in (plain, called))
    assert any("客户" in one for one in before) and not any("学员" in one for one in before)
    assert any("学员" in one for one in after) and not any("位客户" in one for one in after)


def test_a_list_whose_tag_is_gone_is_not_for_everybody(make_study, open_page) -> None:
    study = make_study(SAMPLES / f"{SHOP}.xlsx")
    workspace = Workspace.open()
    workspace.set_setting("lists", {"segments": ["gone"], "tags": ['["tag_may_leave", ""]']}, study)
    app = open_page("act/lists", study=study)
    assert not app.exception and "There is no tag" in app.error[0].value
    assert not any(one.key == "list_make" for one in app.button)
    assert any("no longer there" in str(one.value) for one in app.caption)
    app.button(key="lists_without_tags").click().run()
    assert not app.exception and not app.error and any(one.key == "list_make" for one in app.button)
    assert workspace.setting("lists", {}, study)["tags"] == []
