"""Scores and reports: how good labels, articles and kinds of pages are."""
