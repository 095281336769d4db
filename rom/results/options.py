"""The options of a reducer as a comparison used them."""

from __future__ import annotations

from typing import Any

from rom.results.view import Results

#: What stands elsewhere in the report, or differs from run to run.
NOT_OPTIONS = ("n_components", "random_state", "beta", "stop_reason", "n_steps")


def options(results: Results, reducer: str) -> dict[str, str]:
    """Every option of a reducer as it was used, given or default; several values where its runs
    differ.
    """
    found: dict[str, list[str]] = {}
    for method in (m for m in results.methods if m.reducer == reducer):
        parameters = results.model(method.runs[0]).reducer.get_params()
        info = results.store.run_info(method.runs[0])
        # numbers that were found are in the tables; what was resolved or chosen stands here
        record = {
            k: v for k, v in info["record"].items() if k in parameters or not isinstance(v, float)
        }
        for name, value in (parameters | record).items():
            if name not in NOT_OPTIONS and value is not None:
                values = found.setdefault(name.replace("_", " "), [])
                size = name == "memory_limit" and isinstance(value, int)
                text = f"{value / 1e9:.3g} GB" if size else _plain(value)
                values += [text] if text not in values else []
    return {name: " / ".join(values) for name, values in found.items()}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
