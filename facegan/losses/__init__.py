"""Losses: small objects that turn tensors into unweighted scalars.

They know tensors and callables, and nothing of models, networks or data. Weights and schedules are applied outside.
"""
