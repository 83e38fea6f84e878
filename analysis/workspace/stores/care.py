"""What a person has said of the personal data of each study, and the studies that are kept too long."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from analysis.privacy.care import DataCare
from analysis.workspace import database, documents, schema, studies
from analysis.workspace.stores.base import Base

KIND = NAME = "data_care"  # one document of the study


class CareStore(Base):
    """Purpose, retention and recipients of personal data."""

    def care(self, study_id: str) -> DataCare:
        """Return what was put down of a study."""
        with database.reading(self.engine) as connection:
            studies.need(connection, study_id)
            found = documents.find(connection, study_id, KIND, NAME)
        return DataCare() if found is None else found.value

    def save_care(self, study_id: str, care: DataCare) -> None:
        """Put down what a person says of the personal data of a study."""
        with database.writing(self.engine) as connection:
            documents.save(connection, study_id, KIND, care, NAME, revision=None)

    def kept_too_long(self, today: date) -> list[tuple[str, date]]:
        """Return the names of studies whose day is past, and that day; nothing is deleted by itself."""
        with database.reading(self.engine) as connection:
            return kept_too_long(connection, today)


def kept_too_long(connection: sa.Connection, today: date) -> list[tuple[str, date]]:
    """Return the names of studies whose day is past, and that day, the longest past first."""
    found = []
    for study_id, name in connection.execute(sa.select(schema.studies.c.id, schema.studies.c.name)).all():
        one = documents.find(connection, study_id, KIND, NAME)
        if one is not None and one.value.keep_until is not None and one.value.is_past(today):
            found.append((name, one.value.keep_until))
    return sorted(found, key=lambda past: (past[1], past[0]))
