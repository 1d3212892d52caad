"""A date parser: lines of text to days, clocks and zones; it imports nothing else of linesift."""
