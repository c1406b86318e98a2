"""`python -m diplograph` is the command `diplograph`."""

from diplograph.cli import main

main(prog_name="diplograph")
