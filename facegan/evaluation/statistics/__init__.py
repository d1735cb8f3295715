"""How sure a number is: intervals at 95 %, paired comparisons, rank agreement, shares."""
