"""HTML to lines, and hints of the markup on each."""
