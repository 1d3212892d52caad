"""Labelling by hand: drafts by the model, a page in the browser to correct them, a check, files to exchange."""
