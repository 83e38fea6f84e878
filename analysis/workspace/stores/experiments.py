"""The workspace's experiments, with the tables kept beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from analysis.workspace import database, experiments
from analysis.workspace.records import StoredExperiment
from analysis.workspace.stores.base import Base

if TYPE_CHECKING:
    import pyarrow as pa

    from analysis.experiments.record import Experiment


class ExperimentStore(Base):
    """Experiments of a study, or of the workspace itself."""

    def add_experiment(self, experiment: Experiment, study_id: str | None = None) -> str:
        """Add an experiment to a study, or to the workspace itself without one; return its id."""
        with database.writing(self.engine) as connection:
            return experiments.insert(connection, study_id, experiment)

    def experiments(self, study_id: str | None = None) -> list[StoredExperiment]:
        """Return the experiments of a study, or those without a study, the one changed last first."""
        with database.reading(self.engine) as connection:
            return experiments.fetch(connection, study_id)

    def experiment(self, experiment_id: str) -> StoredExperiment:
        """Return one experiment; AnalysisError ``experiment_gone`` when there is none."""
        with database.reading(self.engine) as connection:
            return experiments.need(connection, experiment_id)

    def change_experiment(self, experiment_id: str, change: Callable[[Experiment], Experiment]) -> StoredExperiment:
        """Apply a change to the record as it is now, so that two windows do not overwrite each other.

        Raises
        ------
        AnalysisError
            ``experiment_gone``, ``saved_experiment_unreadable``, ``workspace_not_saved``, and what ``change`` raises;
            nothing is changed then.
        """
        with database.writing(self.engine) as connection:
            now = experiments.need(connection, experiment_id).experiment
            return experiments.change(connection, experiment_id, change(now))

    def delete_experiment(self, experiment_id: str) -> None:
        """Delete an experiment with its tables."""
        with database.writing(self.engine) as connection:
            experiments.delete(connection, experiment_id)
        experiments.remove_folders(self.home, [experiment_id])

    def keep_experiment_table(self, experiment_id: str, table: pa.Table) -> str:
        """Keep a table beside an experiment and return the hash by which a record names it.

        A table that no record names is no part of the experiment: after a day it goes to the trash.
        """
        with database.writing(self.engine) as connection:
            experiments.need(connection, experiment_id)
            return experiments.write_table(self.home, experiment_id, table)

    def experiment_table(self, experiment_id: str, digest: str) -> pa.Table:
        """Return a table kept beside an experiment; AnalysisError ``experiment_table_lost`` when it is not there."""
        return experiments.read_table(self.home, experiment_id, digest)

    def experiment_typed(self, experiment_id: str) -> dict[str, Any]:
        """Return what pages hold of an experiment without having saved it (JSON values), by page."""
        with database.reading(self.engine) as connection:
            return experiments.typed(connection, experiment_id)

    def keep_experiment_typed(self, experiment_id: str, page: str, values: Mapping[str, Any]) -> None:
        """Keep what a page holds of an experiment, so that nothing typed is lost."""
        with database.writing(self.engine) as connection:
            experiments.keep_typed(connection, experiment_id, page, values)
