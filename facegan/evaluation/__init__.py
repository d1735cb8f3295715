"""How good an edit is: judges, measures, protocols, pictures and the report."""
