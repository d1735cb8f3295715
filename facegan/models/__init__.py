"""Systems: parts, losses and phases wired together, one per file."""
