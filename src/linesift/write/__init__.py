"""Predictions as text: for a terminal, for programs, as Markdown and HTML."""
