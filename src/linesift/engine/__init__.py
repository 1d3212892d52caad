"""Label many files: one input file is one unit of work, gives one Parquet file, and its ledger entry commits it.

`unit` does one file, `ledger` says which are done, `run` brings both together, and `local` and `ray` distribute.
`arrow` does the same for a table in memory.
"""
