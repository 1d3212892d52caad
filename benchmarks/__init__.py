"""What measures linesift on our collections and beside other tools; names of our collections live here."""
