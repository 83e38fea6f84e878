"""What the clusters say of whole studies: the planted groups of the samples, and two real files."""

from __future__ import annotations

import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from analysis.segments.clustering.clusters import ClusterResult
from analysis.stats.stability import STABLE
from analysis.study import begin, read
from tests.samples import sample


@pytest.mark.parametrize("name", ["中文店铺", "subscription_en", "b2b_crm_en"])
def test_the_planted_groups_are_found_with_their_number_and_none_asked_for(root, name):
    folder = root / "sample_data"
    truth = pd.read_csv(folder / "truth" / f"{name}.csv", dtype=str).set_index("customer_id")["group"]
    study = sample(name)
    found, _ = study.segmentation("clusters")
    ids, labels = study.prepared().profiles.customers["customer_id"], found.segmentation.labels
    inside = labels.notna() & ids.isin(truth.index)
    assert inside.sum() >= 0.9 * len(truth)
    assert adjusted_rand_score(truth.loc[ids[inside]], labels[inside]) >= 0.95
    assert found.k == truth.nunique()
    assert found.recommended.verdict == "clear"


@pytest.mark.parametrize(
    "name",
    [
        "chinese_orders/RFM_gb18030.csv",
        "profile/marketing_campaign.csv",
        pytest.param("online_retail/Online Retail.xlsx", marks=pytest.mark.slow),
    ],
)
def test_recommended_groups_of_a_real_file_are_stable_or_said_not_to_be(shared_data, name):
    found: ClusterResult = begin(read(shared_data / name)).segmentation("clusters")[0]
    mean = found.recommended.mean_stability
    codes = {note.code for note in (*found.notes, *found.recommended.reasons)}
    assert mean >= STABLE or codes & {"k_none_stable", "k_no_groups", "clusters_no_groups"}
    assert set(found.stability) == set(found.segmentation.segments["segment"])
