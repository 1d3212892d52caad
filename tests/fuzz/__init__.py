"""Fuzzing: random hostile inputs for everything that reads what others wrote. `make fuzz MINUTES=10` runs it.

`driver` runs targets in processes of their own, with bounds of time and memory for each input. `inputs` makes the
inputs. A module of targets says what is read and which fragments hurt it; `__main__` lists these modules.
"""
