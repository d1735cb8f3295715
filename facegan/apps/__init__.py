"""What a person touches: the editor, and the sheets and galleries that show what it does."""
