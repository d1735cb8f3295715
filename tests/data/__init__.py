"""Tests of facegan.data."""
