"""Outsiders enter: frozen requests go out, pictures of any model come back and are measured as a run is."""
