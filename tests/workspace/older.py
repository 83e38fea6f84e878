"""Databases as earlier releases wrote them: their tables in SQL, as SQLite kept them, and a study in each."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

FIRST = """
CREATE TABLE schema_version (version INTEGER NOT NULL, PRIMARY KEY (version));
CREATE TABLE studies (
    id VARCHAR(32) NOT NULL, name TEXT NOT NULL, goal VARCHAR(32), created_at VARCHAR(32) NOT NULL,
    changed_at VARCHAR(32) NOT NULL, recipe TEXT, revision INTEGER NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE settings (name VARCHAR(200) NOT NULL, value TEXT NOT NULL, PRIMARY KEY (name));
CREATE TABLE raw_tables (
    id VARCHAR(32) NOT NULL, study_id VARCHAR(32) NOT NULL, position INTEGER NOT NULL, file TEXT NOT NULL,
    sheet TEXT NOT NULL, fingerprint VARCHAR(64) NOT NULL, n_rows BIGINT NOT NULL, reading TEXT NOT NULL,
    path VARCHAR(200) NOT NULL, PRIMARY KEY (id), UNIQUE (study_id, position),
    FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE
);
CREATE INDEX ix_raw_tables_fingerprint ON raw_tables (fingerprint);
CREATE INDEX ix_raw_tables_path ON raw_tables (path);
CREATE INDEX ix_raw_tables_study_id ON raw_tables (study_id);
CREATE TABLE snapshots (
    id VARCHAR(32) NOT NULL, study_id VARCHAR(32) NOT NULL, taken_at VARCHAR(32) NOT NULL, as_of VARCHAR(10) NOT NULL,
    content VARCHAR(64) NOT NULL, recipe TEXT NOT NULL, summary TEXT NOT NULL, PRIMARY KEY (id),
    UNIQUE (study_id, content), FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE
);
CREATE INDEX ix_snapshots_study_id ON snapshots (study_id);
CREATE TABLE study_settings (
    study_id VARCHAR(32) NOT NULL, name VARCHAR(200) NOT NULL, value TEXT NOT NULL, PRIMARY KEY (study_id, name),
    FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE
);
"""
SECOND = """
CREATE TABLE merges (
    study_id VARCHAR(32) NOT NULL, first VARCHAR(32) NOT NULL, second VARCHAR(32) NOT NULL,
    decision VARCHAR(16) NOT NULL, evidence TEXT NOT NULL, decided_at VARCHAR(32) NOT NULL,
    PRIMARY KEY (study_id, first, second), FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE
);
"""
THIRD = """
CREATE TABLE experiments (
    id VARCHAR(32) NOT NULL, study_id VARCHAR(32), created_at VARCHAR(32) NOT NULL, changed_at VARCHAR(32) NOT NULL,
    record TEXT NOT NULL, typed TEXT NOT NULL, PRIMARY KEY (id),
    FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE
);
CREATE INDEX ix_experiments_study_id ON experiments (study_id);
"""
FOURTH = """
CREATE TABLE workspace (id VARCHAR(32) NOT NULL, PRIMARY KEY (id));
CREATE TABLE documents (
    id VARCHAR(32) NOT NULL, study_id VARCHAR(32), kind VARCHAR(64) NOT NULL, name VARCHAR(200) NOT NULL,
    position BIGINT NOT NULL, version INTEGER NOT NULL, revision INTEGER NOT NULL, changed_at VARCHAR(32) NOT NULL,
    value TEXT NOT NULL, PRIMARY KEY (id), UNIQUE (study_id, kind, name),
    FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE
);
CREATE INDEX ix_documents_study_id ON documents (study_id);
ALTER TABLE snapshots ADD COLUMN position BIGINT DEFAULT '0' NOT NULL;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, PRIMARY KEY (version_num));
INSERT INTO alembic_version VALUES ('4');
INSERT INTO workspace VALUES ('44444444444444444444444444444444');
"""
SCHEMAS = {1: FIRST, 2: FIRST + SECOND, 3: FIRST + SECOND + THIRD, 4: FIRST + SECOND + THIRD + FOURTH}
STUDY = "5" * 32
MOMENT = "2024-05-06T07:08:09.000000+00:00"
PERSONAS = {
    "rfm": {"champions": {"name": "Ann", "goals": "less waiting"}},
    "hypotheses": [
        {"name": "Bo", "source": "sales", "notes": "", "method": "rfm", "segment": "loyal", "statements": []}
    ],
}
KEPT = [
    {"name": "later", "plan": {"params": {"kind": "rfm"}, "edits": []}},
    {"name": "sooner", "plan": {"params": {"kind": "tiers"}, "edits": []}},
]
SETTINGS = {
    "personas": PERSONAS,
    "kept_segmentations": KEPT,
    "experiment_plan": {"metric": "mean"},
    "compare": {"a": 1},
}


def older_database(home: Path, version: int) -> None:
    """Write a database of this version into a home, with a study, two snapshots and what its settings held."""
    home.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(home / "portrait.sqlite")
    connection.executescript(SCHEMAS[version])
    connection.execute("INSERT INTO schema_version VALUES (?)", (version,))
    study = (STUDY, "Spring", None, MOMENT, MOMENT, None, 0)
    connection.execute("INSERT INTO studies VALUES (?, ?, ?, ?, ?, ?, ?)", study)
    for place, moment in enumerate(("2024-06-01", "2024-05-01")):
        taken = (f"{place + 1}" * 32, STUDY, f"{moment}T00:00:00.000000+00:00", moment, f"{place}" * 64, "{}", "{}")
        connection.execute(
            "INSERT INTO snapshots (id, study_id, taken_at, as_of, content, recipe, summary) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            taken,
        )
    for name, value in SETTINGS.items():
        connection.execute("INSERT INTO study_settings VALUES (?, ?, ?)", (STUDY, name, json.dumps(value)))
    connection.execute(
        "INSERT INTO settings VALUES ('experiment_read', ?)", (json.dumps({"alpha": 0.1, "outcome": "bought"}),)
    )
    connection.execute("INSERT INTO settings VALUES ('language', '\"zh\"')")
    connection.commit()
    connection.close()
