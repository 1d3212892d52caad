"""HTML to lines, and what the markup says of each."""
