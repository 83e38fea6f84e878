"""Rows set aside are masked in SQL as everywhere else."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake.standard.set_aside import mask_sql
from analysis.profiles.personal import mask
from tests.thorough import examples


@examples(150)
@given(st.text("aé王 @.1234567890-", max_size=20).filter(str.strip))
@pytest.mark.parametrize("kind", ["name", "phone", "email", "id_number", "address"])
def test_masking_in_sql_is_masking_in_python(kind: str, text: str) -> None:
    found = duckdb.execute(f"SELECT {mask_sql('x', kind)} FROM (SELECT ?::VARCHAR AS x)", [text]).fetchall()[0][0]
    assert found == mask(pd.Series([text]), kind)[0]  # type: ignore[arg-type]
