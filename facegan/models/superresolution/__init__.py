"""Super-resolution: large faces of small ones, a system a file."""
