"""``python -m rom``: the command line."""

from rom.cli import main

main()
