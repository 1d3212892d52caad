"""Steps for the pipelines of others; each module imports its framework, so import it only where that is installed."""
