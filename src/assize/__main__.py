"""`python -m assize`: the command line."""

from assize.app.cli import main

main()
