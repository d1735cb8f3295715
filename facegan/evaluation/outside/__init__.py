"""Where the judge of an evaluation comes from: this project, or anyone; all are calibrated and examined alike."""
