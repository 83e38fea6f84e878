"""The workspace's prepared runs and its snapshots."""

from __future__ import annotations

import hashlib
import os
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.workspace import database, files, snapshots, studies
from analysis.workspace.records import Snapshot, SnapshotInfo
from analysis.workspace.stores.answers import KeptAnswers
from analysis.workspace.stores.base import Base

if TYPE_CHECKING:
    import pandas as pd

    from analysis.customer.changes import CustomerThen
    from analysis.recipe import Recipe, SegmentationPlan
    from analysis.segments.fitted_study import FittedStudy

RUNS_KEPT = 2
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,64}")


class RunStore(Base):
    """What runs left: prepared tables of the last two, snapshots for good."""

    def run_folder(self, study_id: str, version: str) -> Path:
        """Return the folder for the prepared tables of one state of a study; the two used last are kept.

        Write into it with ``parquet.write_frame`` within ``files.whole_file``, so that a file that is there is whole.
        """
        runs = self._study_folder(study_id) / "runs"
        name = version if _SAFE.fullmatch(version) else hashlib.sha256(version.encode()).hexdigest()
        chosen = runs / name
        chosen.mkdir(parents=True, exist_ok=True)
        os.utime(chosen)
        others = [path for path in runs.iterdir() if path.is_dir() and path != chosen and path.name[0] != "."]
        others.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in others[RUNS_KEPT - 1 :]:
            files.remove(path)
        return chosen

    def answers(self, study_id: str) -> KeptAnswers:
        """Return what the runs of a study asked of its files, for ``answers.asked.within``."""
        return KeptAnswers(self._study_folder(study_id) / "runs")

    def add_snapshot(
        self,
        study_id: str,
        as_of: date,
        recipe: Recipe,
        summary: dict[str, Any],
        profiles: pd.DataFrame,
        segments: pd.DataFrame,
        fitted: FittedStudy | None = None,
    ) -> str:
        """Keep what a run found, for good; the same recipe, data and date give back the snapshot that is there.

        Parameters
        ----------
        summary : dict
            JSON values; numbers that are not finite are kept as null.
        profiles, segments : DataFrame
            Any columns that Parquet can hold; the index is not kept.
        fitted : FittedStudy, optional
            What the segmentations learned, for the run after this one.

        Returns
        -------
        str
            Id of the snapshot.
        """
        text = snapshots.as_json(summary)
        with database.reading(self.engine) as connection:
            studies.need(connection, study_id)
            digest = snapshots.content(connection, study_id, as_of, recipe, fitted)
            if there := snapshots.find(connection, study_id, digest):
                return there
        with database.writing(self.engine) as connection:
            studies.need(connection, study_id)
            if there := snapshots.find(connection, study_id, digest):
                return there
            snapshot_id = snapshots.insert(
                connection, study_id, as_of, recipe.model_dump_json(), digest, text, studies.now()
            )
            files.write_folder(
                snapshots.folder(self.home, study_id, snapshot_id),
                lambda place: snapshots.write_tables(place, profiles, segments, fitted),
            )
        return snapshot_id

    def snapshots(self, study_id: str) -> list[SnapshotInfo]:
        """Return the snapshots of a study, newest first, without their tables."""
        with database.reading(self.engine) as connection:
            return [snapshots.info(row) for row in snapshots.fetch(connection, study_id)]

    def segments_before(self, study_id: str, plan: SegmentationPlan, until: date) -> tuple[date, dict[str, int]] | None:
        """Return the day of the newest run until a day with the same segmentation, and the customers of each segment.

        None where no run is as old, or its segmentation was another one.
        """
        with database.reading(self.engine) as connection:
            return snapshots.last_counts(connection, study_id, plan, until)

    def customer_before(self, study_id: str, customer_id: str, day: date) -> tuple[CustomerThen, Recipe] | None:
        """Return a customer as the newest run as of an earlier day left it, and the recipe of that run.

        None where no such run is kept; AnalysisError ``snapshot_gone`` or ``snapshot_damaged`` when it cannot be read.
        """
        with database.reading(self.engine) as connection:
            return snapshots.customer_before(connection, self.home, study_id, customer_id, day)

    def damaged_snapshots(self, study_id: str) -> list[SnapshotInfo]:
        """Return the snapshots whose tables are missing or damaged; ``export_study`` leaves them out."""
        with database.reading(self.engine) as connection:
            rows = snapshots.fetch(connection, study_id)
        return [snapshots.info(row) for row in rows if snapshots.is_damaged(self.home, row)]

    def load_snapshot(self, snapshot_id: str) -> Snapshot:
        """Return a snapshot with its tables; AnalysisError ``snapshot_gone`` when there is none."""
        with database.reading(self.engine) as connection:
            return snapshots.load(connection, self.home, snapshot_id)

    def keep_fit(self, study_id: str, fitted: FittedStudy) -> None:
        """Keep what segmentations learned, each in the place of what was kept of its kind before."""
        with database.reading(self.engine) as connection:
            changed = snapshots.changed_fits(connection, study_id, fitted)
        if changed:
            with database.writing(self.engine) as connection:
                studies.need(connection, study_id)
                for name, value in changed.items():
                    studies.set_setting(connection, name, value, study_id)

    def latest_fit(self, study_id: str, kind: str) -> FittedStudy | None:
        """Return what a segmentation of this kind learned when it was last looked at, for a frozen run."""
        with database.reading(self.engine) as connection:
            return snapshots.latest_fit(connection, self.home, study_id, kind)

    def _study_folder(self, study_id: str) -> Path:
        if not _SAFE.fullmatch(study_id):
            raise AnalysisError("study_gone")
        return self.home / "studies" / study_id
