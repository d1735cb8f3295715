"""Systems that edit a face's attributes, one per file."""
