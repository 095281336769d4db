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
        ("energy_share = [1.0]", "energy_share: must be 0 or more and less than 1"),
        ("energy_share = [-0.1]", "energy_share: must be 0 or more"),
        ("energy_share = [0.1, 0.1]", "energy_share: a value is given twice"),
        (
            "energy_share = [0.1]\nbeta = [1.0]",
            "beta and energy_share are two ways to say the same thing",
        ),
        (
            "energy_share = [0.1]\n[options.beta-vae]\ncapacity = 3.0",
            "options.beta-vae: with a capacity",
        ),
        (
            "energy_share = [0.1]\n[options.beta-vae]\ndecoder_variance = 'learned'",
            "energy_share says nothing",
        ),
        (
            "[options.beta-vae]\nenergy_share = 0.1",
            "options.beta-vae: unknown option 'energy_share'",
        ),
        ("[options.beta-vae]\nbeta = 1.0", "options.beta-vae: unknown option 'beta'"),
        ("seeds = 0", "seeds: .*greater than or equal to 1"),
        ("memory_limit = 'much'", "memory_limit='much' is neither"),
        (
            "missing = 'drop-snapshot'",
            "drop-snapshot'. is unknown; did you mean 'drop-snapshots'",
        ),
        ("epochs = 0", "epochs: .*greater than or equal to 1"),
        ("split = 3", "split: "),
        ("[split]\nseed = -1", "split.seed: "),
        ("[split]\ngap = -1", "split.gap: "),
        ("mapping = 3", "mapping: "),
        ("[options.autoencoder]\nchannels = 5", "options.autoencoder.channels: .*tuple, got 5"),
        ("[options.autoencoder]\nchannels = ['a']", "options.autoencoder.channels: "),
        (
            "[options.autoencoder]\nlearning_rate = nan",
            "options.autoencoder.learning_rate: .*finite",
        ),
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
    for path, message in (
        ("a.toml", "cannot be read as a study"),
        ("", "no such file"),
        ("none.toml", "no such file"),
    ):
        with pytest.raises(rom.InputError, match=message):
            read_study(tmp_path / path)


def test_data_is_relative_to_the_study_file(tmp_path):
    (tmp_path / "flow.h5").touch()
    (tmp_path / "study.toml").write_text("data = 'flow.h5'")
    assert read_study(tmp_path / "study.toml").data == str(tmp_path / "flow.h5")


def test_a_study_says_more_than_a_card_and_a_card_more_than_nothing():
    card = catalog.find_card("cylinder_wake")
    options = {"autoencoder": {"channels": [16, 32], "epochs": 5}}
    card = card.model_copy(
        update={"suggested": card.suggested.model_copy(update={"options": options})}
    )
    study = make_study(
        {"n_components": [3], "options": {"autoencoder": {"epochs": 7}}}, "test"
    ).resolve(card)
    assert study.n_components == (3,)
    assert (study.beta, study.energy_share) == (None, (1e-3,))
    assert study.split is not None
    assert study.split.kind == "blocks"
    assert study.options["autoencoder"] == {"channels": [16, 32], "epochs": 7}
    assert study.reducers == ("pod", "autoencoder", "beta-vae")
    assert make_study({}, "test").resolve(None).n_components == (2, 4)


def test_a_card_may_suggest_reducers():
    card = catalog.find_card("mnist-5k")
    assert "example-beta-vae" in make_study({}, "test").resolve(card).reducers
    assert make_study({"reducers": ["pod"]}, "test").resolve(card).reducers == ("pod",)


@pytest.mark.parametrize("special", [{"capacity": 2.0}, {"decoder_variance": "learned"}])
def test_where_beta_is_no_variance_its_default_is_one(special):
    study = make_study({"options": {"beta-vae": special}}, "test").resolve(None)
    assert (study.beta, study.energy_share) == ((1.0,), None)


def test_what_is_wrong_in_a_card_is_the_cards_fault():
    card = catalog.find_card("cylinder_wake").model_copy(update={"split": {"knd": "blocks"}})
    with pytest.raises(
        rom.InputError, match=r"cylinder_wake: its card: unknown option 'split.knd'"
    ):
        make_study({}, "test").resolve(card)


def test_an_energy_share_takes_the_place_of_beta():
    card = catalog.find_card("cylinder_wake")
    study = make_study({"energy_share": [1e-3]}, "test").resolve(card)
    assert (study.beta, study.energy_share) == (None, (1e-3,))
    assert make_study({}, "test").resolve(None).energy_share == (1e-3,)
    suggested = card.suggested.model_copy(update={"beta": None, "energy_share": (1e-4,)})
    card = card.model_copy(update={"suggested": suggested})
    assert make_study({}, "test").resolve(card).energy_share == (1e-4,)
    study = make_study({"beta": [2.0]}, "test").resolve(card)
    assert (study.beta, study.energy_share) == ((2.0,), None)


def test_a_card_suggests_a_beta_or_a_share_not_both():
    with pytest.raises(ValueError, match="suggest one of the two"):
        catalog.Suggested(beta=(1.0,), energy_share=(0.1,))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"\xff\xfe", "cannot be read as a study"),
        (b"x = " + b"[" * 20_000, "nested too deeply"),
        (b"data = {a = 1}", "data"),
        (b'mapping = "x"', "mapping: "),
        (b"seeds = 1e400", "seeds: "),
    ],
)
def test_a_strange_file_is_one_line(tmp_path, text, words):
    (tmp_path / "study.toml").write_bytes(text)
    with pytest.raises(rom.InputError, match=rf"study\.toml: .*{words}") as caught:
        read_study(tmp_path / "study.toml")
    assert "\n" not in str(caught.value)
