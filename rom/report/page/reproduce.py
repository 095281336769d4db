"""Commands that compare the same again, and lines of Python that use the winner."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from rom.report.verdict import Verdict
from rom.results import Results
from rom.study.config import PipelineOptions, SplitOptions, Study

#: Entries of a study that are options of the shell, by their names there.
OPTIONS = {
    "reducers": "reducers", "n_components": "components", "beta": "beta",
    "beta_tolerance": "beta-tolerance", "energy_share": "energy-share", "seeds": "seeds",
    "epochs": "epochs", "tune": "tune", "tune_seconds": "tune-seconds", "splits": "splits",
    "goal": "goal", "tolerance": "tolerance", "missing": "missing", "memory_limit": "memory-limit",
}  # fmt: skip
FLAGS = {"controls": "no-controls", "audit": "audit", "learning_curve": "learning-curve"}
#: How the data are read: entries of a mapping that the shell has, too.
MAPPING = (
    "variables", "dataset", "axes", "time", "weights", "mask", "parameters", "points", "select",
    "coarsen", "every",
)  # fmt: skip
#: Tables that the shell has no options for, and what is in them by default.
TABLES: dict[str, dict[str, Any]] = {
    "split": SplitOptions().model_dump(mode="json"),
    "pipeline": PipelineOptions().model_dump(),
    "options": {},
}
#: But for one.
KIND = ("split", "kind")


def reproduce(results: Results, verdict: Verdict) -> dict[str, str]:
    """`commands` for a shell, and `python`."""
    study = results.study["study"]
    path = _plain(results.store.path.name, "DIR")
    data = study["data"] if isinstance(study["data"], list) else [study["data"]]
    names = [_plain(one, "DATA") for one in data]
    files = " ".join(shlex.quote(name) for name in names)
    commands = [*_compare(study, files, path), f"rom report {shlex.quote(path)}"]

    mapping = study["mapping"]
    arguments = [repr(names if len(names) > 1 else names[0])]
    arguments += [f"{key}={value!r}" for key, value in mapping.items()]
    python = f"import rom\n\nrows = rom.open_snapshots({', '.join(arguments)})\n"
    if found := _runs(results, verdict):
        run = f"{path}/runs/{found[0]}"
        commands.append(f"rom encode {shlex.quote(run)} {files} -o latents.h5")
        python += f"model = rom.load({run!r})\nlatents = model.transform(rows)\n"
        python += "fields = model.inverse_transform(latents)\n"
    elif verdict.n_components is not None:  # a number of modes that was not fitted by itself
        python += f"model = rom.POD({verdict.n_components}).fit(rows)\n"
        python += "latents = model.transform(rows)\n"
    return {"commands": "\n".join(commands) + "\n", "python": python}


def _runs(results: Results, verdict: Verdict) -> list[str]:
    """The run that stands for the chosen method, where there is one."""
    chosen = (verdict.reducer, verdict.n_components, verdict.beta)
    return [
        results.median_run(method).id
        for method in results.methods
        if (method.reducer, method.n_components, method.beta) == chosen
    ]


def _compare(study: Mapping[str, Any], files: str, out: str) -> Iterator[str]:
    """The comparison with the options that are not the defaults, and what only a study file can
    say.
    """
    defaults = Study().model_dump(mode="json")
    said = [f"rom compare {files}"]
    for key, option in OPTIONS.items():
        if study.get(key) not in (None, defaults[key]):
            said.append(f"--{option} {shlex.quote(_text(study[key]))}")
    said += [f"--{o}" for key, o in FLAGS.items() if study.get(key, defaults[key]) != defaults[key]]
    mapping = study["mapping"]
    said += [f"--{key} {shlex.quote(_text(mapping[key]))}" for key in MAPPING if key in mapping]
    split = study.get("split") or {}
    said += [f"--split {split['kind']}"] if split.get("kind") else []
    yield " ".join([*said, f"--out {shlex.quote(out)}"])

    rest = {f"mapping.{key}": value for key, value in mapping.items() if key not in MAPPING}
    for table, usual in TABLES.items():
        given = {k: v for k, v in (study.get(table) or {}).items() if (table, k) != KIND}
        rest |= {f"{table}.{key}": value for key, value in given.items() if value != usual.get(key)}
    if study.get("audit_factor", defaults["audit_factor"]) != defaults["audit_factor"]:
        rest["audit_factor"] = study["audit_factor"]
    if rest:
        entries = ", ".join(f"{key} = {json.dumps(value)}" for key, value in rest.items())
        yield f"# and in a study file: {entries}"


def _text(value: Any) -> str:
    """As the shell takes it."""
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _plain(name: str, otherwise: str) -> str:
    """A name without anything that a terminal might take for more than a name; another word for one
    with.
    """
    return name if re.fullmatch(r"[\w./:+*?\[\] -]+", name) else otherwise
