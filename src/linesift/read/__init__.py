"""Read files: pages of text and HTML, archives, JSON lines, labelled pages. Only this room knows what is on disk."""
