"""From labelled lines to the article: its parts, and its dates as ISO 8601; standard library and numpy alone."""
