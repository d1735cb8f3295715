"""Hallmarks: what a system's paper lives by, seen in a small model, measured and shown. One file a system."""
