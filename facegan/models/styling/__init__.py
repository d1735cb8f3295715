"""Systems that paint photographs in the manner of a picture, one per file."""
