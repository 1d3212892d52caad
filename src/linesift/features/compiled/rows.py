"""Name the rows of the arrays that the compiled scan fills: one of each form for all fields of a line."""

N_INTS = 7
"""Fields of 32 bits."""
N_CHARS, INDENT, N_WORDS, LONGEST, N_CAPITALISED, N_SHOUTED, N_SENTENCES = range(N_INTS)
N_KINDS = 4
"""Classes of characters."""
FIRST, FIRST_LETTER, LAST, SECOND_LAST = range(N_KINDS)
N_HASHES = 2
WHOLE, SHAPE = range(N_HASHES)

NUMBER_SIZE = 4
"""Fields of a number."""
START, END, ROW, VALUE = range(NUMBER_SIZE)
"""Where a number or a name is, and its line; of a number its value."""
NAME_SIZE = 4
PARTS = 3
"""Of a name the parts of a date that it may be, as bits."""
