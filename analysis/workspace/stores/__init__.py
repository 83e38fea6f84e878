"""The workspace by subject: files, documents, experiments, runs and snapshots."""
