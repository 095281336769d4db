"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from rom.errors import InputError

#: Panels of the help.
DATA, METHODS, TRAINING, RUNNING, OUTPUT = (
    "Data", "Methods", "Training and certainty", "Running", "Answer and output",
)  # fmt: skip

Variables = Annotated[
    str | None, typer.Option(help="Variables to take, with commas.", rich_help_panel=DATA)
]
Dataset = Annotated[
    str | None,
    typer.Option(help="Array of the file, or one per variable with commas.", rich_help_panel=DATA),
]
Axes = Annotated[
    str | None,
    typer.Option(help="Its axes, e.g. 't y x c': t snapshots, c variables.", rich_help_panel=DATA),
]
Time = Annotated[str | None, typer.Option(help="Array of the times.", rich_help_panel=DATA)]
Weights = Annotated[
    str | None, typer.Option(help="Array of the cell weights.", rich_help_panel=DATA)
]
Mask = Annotated[
    str | None,
    typer.Option(help="Array that is true in cells without data.", rich_help_panel=DATA),
]
Parameters = Annotated[
    str | None,
    typer.Option(
        help="Arrays or attributes with commas, a CSV table, or 'run_(?P<Re>\\d+)' in file names.",
        rich_help_panel=DATA,
    ),
]
Points = Annotated[
    str | None,
    typer.Option(help="Array of the points, or x,y,z: where values lie.", rich_help_panel=DATA),
]
Select = Annotated[
    str | None,
    typer.Option(help="Part of the data, e.g. 'level=850, time=1990:2000'.", rich_help_panel=DATA),
]
Coarsen = Annotated[
    int | None, typer.Option(help="Take each n-th cell along each axis.", rich_help_panel=DATA)
]
Every = Annotated[int | None, typer.Option(help="Take each n-th snapshot.", rich_help_panel=DATA)]
Goal = Annotated[
    str | None,
    typer.Option(
        help="What counts: accuracy, compression, independence or speed. Default: accuracy.",
        rich_help_panel=OUTPUT,
    ),
]
Tolerance = Annotated[
    float | None,
    typer.Option(
        help="Relative error that is good enough, e.g. 0.01 for 1 %.", rich_help_panel=OUTPUT
    ),
]


#: Arguments of Python that are options of the shell, by their names where these differ.
SAME = "variables dataset axes time weights mask parameters points select coarsen every"
SAME += " reducers beta seeds epochs split splits missing"
SAME += " jobs threads tune goal tolerance out"
OPTIONS = {name: name for name in SAME.split()} | {
    "n_components": "components", "energy_share": "energy-share", "memory_limit": "memory-limit",
    "beta_tolerance": "beta-tolerance", "tune_seconds": "tune-seconds",
    "learning_curve": "learning-curve", "checkpoint_seconds": "checkpoint-seconds",
}  # fmt: skip
ARGUMENT = re.compile(rf"(?<![\w.-])({'|'.join(OPTIONS)})=(\[[^]]*\]|'[^']*'|[\w.+-]*)")


def in_shell(message: str) -> str:
    """A message about arguments of Python, in the language of the shell.

    >>> in_shell("arrays of several sizes: choose with variables=['u', 'v']")
    'arrays of several sizes: choose with --variables u,v'
    >>> in_shell("n_components=9 is more than the 4 snapshots; give dataset= and axes=")
    '--components 9 is more than the 4 snapshots; give --dataset and --axes'
    >>> in_shell("give --axes 't y x' (in Python: axes='t y x') or time='t y'")
    "give --axes 't y x' or --time 't y'"
    """

    def option(found: re.Match[str]) -> str:
        name, value = found.groups()
        words = re.sub(r"[\[\]']|(?<=,) ", "", value)
        words = f"'{words}'" if " " in words else words
        return f"--{OPTIONS[name]} {words}".strip()

    message = re.sub(r" \(in Python: [^()]*\)", "", message)
    message = re.sub(rf"\bcommand line: ({'|'.join(OPTIONS)}): ", r"\1=: ", message)
    return ARGUMENT.sub(option, message.removeprefix("command line: "))


def mapping_of(
    variables: str | None,
    dataset: str | None,
    parameters: str | None,
    points: str | None,
    **named: str | int | None,
) -> dict[str, Any]:
    """The options that say how to read a file, those that were given."""
    names = listed(dataset)
    mapping = {
        "variables": listed(variables),
        "dataset": names[0] if names and len(names) == 1 else names,
        # a regular expression may hold a comma
        "parameters": [parameters] if parameters and "(?P<" in parameters else listed(parameters),
        "points": listed(points),
        **named,
    }
    return {name: value for name, value in mapping.items() if value is not None}


def numbers(text: str | None, kind: type, option: str) -> list[Any] | None:
    """Numbers with commas between them."""
    if text is None:
        return None
    try:
        return [kind(part) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise InputError(
            f"--{option} {text}: numbers with commas between them expected, e.g. 2,4"
        ) from error


def listed(text: str | None) -> list[str] | None:
    """Words with commas between them."""
    return [part.strip() for part in text.split(",") if part.strip()] if text is not None else None
