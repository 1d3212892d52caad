"""`python -m linesift`: the command line, for where the scripts are not on the path."""

from linesift.cli import main

if __name__ == "__main__":
    main()
