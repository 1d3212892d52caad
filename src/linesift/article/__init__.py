"""Labelled lines to an article: headline, body, dates, and the entries of a live page."""
