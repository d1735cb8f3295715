"""Measures, one idea a file. Each returns a `Ratio`: figures per face that can be pooled over chunks."""
