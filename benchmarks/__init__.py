"""Programs that measure linesift on our collections and beside other tools; only they name our collections."""
