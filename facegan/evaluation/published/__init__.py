"""Protocols as papers and their code have them, each by a name of its own: their figures stand beside no others."""
