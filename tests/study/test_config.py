"""Study files: what is wrong is said in one line with the nearest known name."""

import pytest

import rom
from rom.data import catalog
from rom.study.config import make_study, read_study


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("data = ", "cannot be read as a study"),
        ("reducrs = ['pod']", "unknown option 'reducrs'; did you mean 'reducers'"),
        ("[split]\nknd = 'blocks'", "unknown option 'split.knd'; did you mean 'kind'"),
        ("[pipeline]\nscael = true", "did you mean 'scale'"),
        ("[options.pod]\nsolvr = 'svd'", "unknown option 'solvr'; did you mean 'solver'"),
        ("[options.autoencodr]\nepochs = 3", "no reducer 'autoencodr'; did you mean 'autoencoder'"),
        ("reducers = ['pd']", "no reducer 'pd'"),
        ("reducers = []", "reducers: at least one value"),
        ("reducers = ['pod', 'pod']", "given twice"),
        ("reducers = 'pod'", "reducers: "),
        ("n_components = []", "n_components: at least one value"),
        ("n_components = [0]", "at least 1"),
        ("n_components = [1.5]", "n_components.0: "),
        ("n_components = [2, 2]", "given twice: 2, 2"),
        ("beta = [-1]", "must not be negative"),
        ("beta = []", "beta: at least one value"),
        ("beta = [1.0, nan]", "beta.1: .*finite"),
        ("beta = [inf]", "beta.0: .*finite"),
        ("seeds = 0", "seeds: .*greater than or equal to 1"),
        ("memory_limit = 'much'", "memory_limit='much' is neither"),
        ("missing = 'drop-snapshot'", "missing='drop-snapshot' is unknown; did you mean 'drop-snapshots'"),
        ("epochs = 0", "epochs: .*greater than or equal to 1"),
        ("split = 3", "split: "),
        ("[split]\nseed = -1", "split.seed: "),
        ("[split]\ngap = -1", "split.gap: "),
        ("mapping = 3", "mapping: "),
        ("[options.autoencoder]\nchannels = 5", "options.autoencoder.channels: .*tuple, got 5"),
        ("[options.autoencoder]\nchannels = ['a']", "options.autoencoder.channels: "),
        ("[options.autoencoder]\nlearning_rate = nan", "options.autoencoder.learning_rate: .*finite"),
        ("[options.pod]\nsolver = 3", "options.pod.solver: .*string, got 3"),
    ],
)
def test_a_wrong_study_file(tmp_path, text, words):
    path = tmp_path / "study.toml"
    path.write_text(text)
    with pytest.raises(rom.InputError, match=words) as caught:
        read_study(path)
    assert str(caught.value).startswith(str(path))


def test_files_that_are_no_text(tmp_path):
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe\x00")
    for path, message in (("a.toml", "cannot be read as a study"), ("", "no such file"), ("none.toml", "no such file")):
        with pytest.raises(rom.InputError, match=message):
            read_study(tmp_path / path)


def test_data_is_relative_to_the_study_file(tmp_path):
    (tmp_path / "flow.h5").touch()
    (tmp_path / "study.toml").write_text("data = 'flow.h5'")
    assert read_study(tmp_path / "study.toml").data == str(tmp_path / "flow.h5")


def test_a_study_says_more_than_a_card_and_a_card_more_than_nothing():
    card = catalog.find_card("cylinder_wake")
    study = make_study({"n_components": [3], "options": {"autoencoder": {"epochs": 7}}}, "test").resolve(card)
    assert study.n_components == (3,)
    assert study.beta == (1.0,)
    assert study.split is not None
    assert study.split.kind == "blocks"
    assert study.options["autoencoder"] == {"channels": [16, 32], "depth": 2, "epochs": 7}
    assert make_study({}, "test").resolve(None).n_components == (2, 4)


def test_what_is_wrong_in_a_card_is_the_cards_fault():
    card = catalog.find_card("cylinder_wake").model_copy(update={"split": {"knd": "blocks"}})
    with pytest.raises(rom.InputError, match=r"cylinder_wake: its card: unknown option 'split.knd'"):
        make_study({}, "test").resolve(card)
