"""A date parser for the date lines of news pages, in about 90 languages; it imports nothing else of linesift.

Steps of `moment.read_moments`, the function to call:

1. `tokens` cuts a line into numbers, known words and marks, with one letter of code for each. `names` knows the words.
2. `grammar` finds days and clocks: regular expressions over the codes.
3. `days` (with `calendars`), `clocks` and `ages` say what each means, or why that is open.
4. `moment` joins days and clocks, and says which is the publication and which an update.

`context` holds what is known of the page beside the line.
"""
