"""Side-by-side choices by people who do not know which run made which edit, and what the measures make of them."""
