"""Labels by hand: drafts that the model fills in, a check for mistakes, and a page in the browser to correct them."""
