"""The painters, a part of the face each, in the order in which things lie over each other."""
