"""Act from the list to the next advice, as a person clicks through it."""

from __future__ import annotations

from analysis.workspace import Workspace
from tests.samples import SAMPLES, SHOP


def test_a_list_is_made_reviewed_and_moves_the_next_advice(make_study, open_page) -> None:
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
