"""Pictures of an experiment: its plan, its readings, and changes before and after."""
