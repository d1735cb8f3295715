"""One table of many evaluations: who stands in it, what refuses to mix, how sure each figure is."""
