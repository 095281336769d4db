"""What was compared, and what the numbers mean: the record that makes a report checkable."""

from __future__ import annotations

from rom.measures import METRICS, QUANTITIES, Measure
from rom.results import Results
from rom.results.options import options
from rom.results.words import count, integer, listing, method_title, number, with_unit

Pairs = list[tuple[str, str]]
ROWS: dict[str, Measure] = {**METRICS, **QUANTITIES}


def data_facts(results: Results) -> Pairs:
    """The data set, its split and its preprocessing."""
    data, split = results.study["data"], results.study["split"]
    layout, card = data["layout"], data.get("card") or {}
    pairs: Pairs = [("data set", str(data["name"]))]
    pairs += [
        (key, str(card[key]))
        for key in ("description", "source", "licence", "citation")
        if card.get(key)
    ]
    variables = [with_unit(v, u) for v, u in zip(layout["variables"], layout["units"], strict=True)]
    pairs.append(
        (
            "snapshots",
            f"{integer(data['n_snapshots'])} of {integer(data['n_valid_features'])} values each",
        )
    )
    pairs.append(("variables", listing(variables)))
    pairs.append(("grid", _grid(layout)))
    masked = 1 - data["n_valid_features"] / data["n_features"]
    pairs.append(
        (
            "mask",
            (
                f"{number(100 * masked)} % of the values hold no data and are left out"
                if masked
                else "none"
            ),
        )
    )
    pairs.append(("fingerprint", str(data["fingerprint"])))
    sizes = ", ".join(f"{name} {integer(split[name])}" for name in ("train", "validation", "test"))
    pairs.append(
        ("split", f"{split['kind']}: {split['description']}; {sizes} snapshots, gap {split['gap']}")
    )
    pairs.append(("are the test snapshots new?", results.store.leakage()["text"]))
    pairs.append(("preprocessing", str(results.study["pipeline"]["description"])))
    variance = number(results.study["pipeline"]["total_variance"])
    pairs.append(("total variance", f"{variance}, of the preprocessed training snapshots"))
    return pairs


def _grid(layout: dict) -> str:
    mesh = layout.get("mesh")
    if list(layout["axes"]) == ["point"]:
        n = integer(layout["grid_shape"][0])
        return (
            f"none ({n} points or features)"
            if mesh is None
            else f"mesh with {n} {mesh['values_at']}"
        )
    shape = " x ".join(integer(n) for n in layout["grid_shape"])
    return f"{shape} ({', '.join(layout['axes'])}){'' if mesh is None else ', curvilinear'}"


def method_facts(results: Results) -> Pairs:
    """Each reducer with its options, given and resolved, and its seeds."""
    pairs = []
    for reducer in dict.fromkeys(method.reducer for method in results.methods):
        methods = [m for m in results.methods if m.reducer == reducer]
        said = [f"{name}: {value}" for name, value in options(results, reducer).items()]
        seeds = sorted({run.seed for m in methods for run in m.runs})
        sizes = sorted({m.n_components for m in methods})
        said.insert(0, f"{count(len(sizes), 'latent size')} ({', '.join(map(str, sizes))})")
        if results.has_seeds(methods[0]):
            said.append(f"{'seeds' if len(seeds) > 1 else 'seed'}: {', '.join(map(str, seeds))}")
        pairs.append((method_title(reducer), "; ".join(said)))
    return pairs


def environment_facts(results: Results) -> Pairs:
    """Versions and machine."""
    return [(str(name), str(value)) for name, value in results.study["environment"].items()]


def missing_runs(results: Results) -> Pairs:
    """Runs without numbers and why."""
    failures = results.store.failures()
    pairs = []
    for run in results.store.runs():
        if not results.store.is_measured(run):
            name = (
                f"{results.name((run.reducer, run.beta))}, {count(run.n_components, 'latent')},"
                f" seed {run.seed}"
            )
            pairs.append((name, failures.get(run.id, "not finished")))
    return pairs


def definitions(results: Results) -> Pairs:
    """Every measure of the results, and what it means."""
    shown = set(results.table.measure)
    return [(row.label, row.definition) for name, row in ROWS.items() if name in shown]
