"""A saved model is data from somebody else: whatever is wrong in it is one clear line."""

import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import rom
from rom.errors import InputError
from rom.reducers.field_model import FieldModel

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 6))


MODELS = ["pod", "quadratic", "vae", "mlp", "kernel", "ica", "run"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    rom.POD(2).fit(X).save(folder / "pod")
    rom.QuadraticPOD(2).fit(X).save(folder / "quadratic")
    rom.BetaVAE(2, epochs=1, random_state=0).fit(X).save(folder / "vae")
    rom.Autoencoder(2, epochs=1, architecture="mlp", random_state=0).fit(X).save(folder / "mlp")
    rom.PODKernel(2).fit(X).save(folder / "kernel")
    rom.PODICA(2, random_state=0).fit(X).save(folder / "ica")
    snapshots = rom.Snapshots.from_array(X)
    pipeline = rom.Pipeline().fit(snapshots)
    FieldModel(pipeline, rom.POD(2).fit(pipeline.transform(snapshots))).save(folder / "run")
    return folder


def changed(path, target, change):
    """A copy of a model whose header and arrays `change` has been at."""
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        header = json.loads(file.metadata()["rom"])
    arrays = load_file(path)
    said = change(header, arrays)
    header = header if said is None else said
    save_file(
        arrays, target, metadata={"rom": header if isinstance(header, str) else json.dumps(header)}
    )
    return target


def model_of(header):
    return header["model"].get("reducer", header["model"])


CHANGES = {
    "no header": lambda header, arrays: "",
    "no JSON": lambda header, arrays: "{",
    "a list": lambda header, arrays: "[1, 2]",
    "deep": lambda header, arrays: "[" * 100_000,
    "old": lambda header, arrays: header.update(version=1),
    "new": lambda header, arrays: header.update(version=99),
    "version in words": lambda header, arrays: header.update(version="2"),
    "kind": lambda header, arrays: header.update(kind="pickle"),
    "more": lambda header, arrays: header.update(run="rm"),
    "no model": lambda header, arrays: header.pop("model") and None,
    "reducer": lambda header, arrays: model_of(header).update(name="os:system"),
    "no name": lambda header, arrays: model_of(header).pop("name") and None,
    "option": lambda header, arrays: model_of(header)["parameters"].update(colour=1),
    "type of an option": (
        lambda header, arrays: model_of(header)["parameters"].update(memory_limit=[1])
    ),
    "learned": lambda header, arrays: model_of(header).update(learned={}),
    "components": lambda header, arrays: model_of(header)["learned"].update(n_components_=3),
    "components of the option": (
        lambda header, arrays: model_of(header)["parameters"].update(n_components=10**9)
    ),
    "components in words": (
        lambda header, arrays: model_of(header)["learned"].update(n_components_="2")
    ),
    "layout": lambda header, arrays: model_of(header)["layout"].update(grid_shape=[7]),
    "layout in words": lambda header, arrays: model_of(header).update(layout="x"),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_wrong_header_is_an_input_error(files, tmp_path, name, change):
    with pytest.raises(InputError) as found:
        rom.load(changed(files / name, tmp_path / "changed", change))
    assert str(tmp_path / "changed") in str(found.value)


@pytest.mark.parametrize("name", MODELS)
def test_every_array_is_checked(files, tmp_path, name):
    arrays = load_file(files / name)
    for key, values in arrays.items():
        if key.startswith(("pipeline/", "layout/")):
            continue

        def drop(header, arrays, key=key):
            del arrays[key]

        def longer(header, arrays, key=key, values=values):
            arrays[key] = np.concatenate([values.reshape(-1), values.reshape(-1)[:1]])

        def deeper(header, arrays, key=key, values=values):
            arrays[key] = values[None]

        for change in (
            drop,
            deeper,
            *([] if values.ndim == 1 and "spectrum_" in key else [longer]),
        ):
            with pytest.raises(InputError, match="damaged model"):
                rom.load(changed(files / name, tmp_path / "changed", change))


def test_a_network_that_would_fill_the_memory_is_refused_before_it_is_built(files, tmp_path):
    def huge(header, arrays):
        header["model"]["learned"]["hidden_"] = [10**9, 10**9]

    with pytest.raises(InputError, match="weights do not fit"):
        rom.load(changed(files / "mlp", tmp_path / "changed", huge))


def test_arrays_are_finite_and_those_of_the_pipeline_fit_its_layout(files, tmp_path):
    def far(header, arrays):
        arrays["pipeline/scale/variable"][0] = 2**23

    def negative(header, arrays):
        arrays["pipeline/scale/scales"] *= -1

    def nothing(header, arrays):
        arrays["pipeline/mask/valid"][:] = False

    def not_a_number(header, arrays):
        arrays["reducer/learned/components_"][0, 0] = np.nan

    def of_bool(header, arrays):
        arrays["pipeline/scale/variable"] = arrays["pipeline/scale/variable"].astype(bool)

    for change in (far, negative, nothing, not_a_number, of_bool):
        with pytest.raises(InputError, match=r"changed: a damaged model: .*(fit its|not finite)"):
            rom.load(changed(files / "run", tmp_path / "changed", change))


def test_a_file_that_was_cut_off(files, tmp_path):
    whole = (files / "pod").read_bytes()
    for size in (0, 4, 9, 200, len(whole) - 8):
        (tmp_path / "cut").write_bytes(whole[:size])
        with pytest.raises(InputError, match="not a saved model"):
            rom.load(tmp_path / "cut")
