"""Data sets by name: cards that are refused, files that arrive whole or not at all, and known
numbers of the data.
"""

import gzip
import hashlib
import os
import struct
from pathlib import Path

import numpy as np
import pytest

import rom
from rom.data import catalog

CARD = 'title = "t"\nsource = "s"\nlicence = "l"\ncitation = "c"\nformat = "canonical"\n'
FILE = '[[files]]\nname = "a.h5"\n'


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty data home that does not exist yet."""
    monkeypatch.setenv("ROM_DATA", str(tmp_path / "home" / "deep"))
    return tmp_path / "home"


@pytest.fixture
def write_card(tmp_path):
    def write(text, **files):
        folder = tmp_path / "cards" / "mine"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "card.toml").write_text(text)
        for name, content in files.items():
            (folder / name.replace("_", ".")).write_text(content)
        return folder / "card.toml"

    return write


@pytest.mark.parametrize("name", catalog.dataset_names())
def test_every_card_is_right_and_says_where_the_data_comes_from(name):
    card = catalog.find_card(name)
    assert card.title
    assert card.licence
    assert card.citation
    assert (card.folder / "README.md").is_file()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title = ", "cannot be read as a card"),
        (CARD, "files: Field required"),
        (CARD + "files = []", "files: .*at least 1"),
        (CARD + FILE + "nme = 'x'", "unknown key 'files.0.nme'; did you mean 'name'"),
        (CARD + "titel = 'x'\n" + FILE, "did you mean 'title'"),
        (CARD + "[[files]]\nname = '../../x'", "must lie inside"),
        ("name = '../../x'\n" + CARD + FILE, "'../../x' is no plain name"),
        ("name = '..'\n" + CARD + FILE, "no plain name"),
        ("name = ''\n" + CARD + FILE, "no plain name"),
        ("name = 'a\\u001b[31m'\n" + CARD + FILE, "no plain name"),
        ("folder = '/etc'\n" + CARD + FILE, "unknown key 'folder'"),
        ("x = " + "[" * 20_000, "nested too deeply"),
        ("#" * 2**23, "too long for a card"),
        (CARD + FILE + "urls = ['https://example.org/a']", "needs its sha256"),
        (CARD.replace("canonical", "canonicl") + FILE, "did you mean 'canonical'"),
        (CARD + FILE, "a.h5 is not in .* Copy the file there or set ROM_DATA"),
    ],
)
def test_cards_that_are_refused(write_card, home, text, words):
    with pytest.raises(rom.RomError, match=words):
        rom.open_snapshots(write_card(text))
    assert not home.exists()


def test_content_of_another_sum_is_refused(write_card):
    path = write_card(CARD + FILE + f"sha256 = '{'0' * 64}'", a_h5="x")
    with pytest.raises(rom.InputError, match="sha256 differs"):
        rom.open_snapshots(path)


@pytest.mark.parametrize(
    "script",
    [
        "def main(out, **options): raise KeyError('x')",
        "x = 1",
        "def",
        "def main(out, **options): out.write_text('x'); 1 / 0",
    ],
)
def test_a_failed_generator_leaves_nothing(write_card, home, script):
    path = write_card(CARD + FILE + "[make]", generate_py=script)
    with pytest.raises(rom.RomError, match=r"generate\.py failed"):
        catalog.make(catalog.find_card(str(path)))
    assert not home.exists()


def test_a_program_that_is_not_ours_runs_when_it_is_asked_for(write_card, home, monkeypatch):
    script = "def main(out, **options): out.write_text('1,2\\n3,4\\n')"
    text = CARD.replace("canonical", "csv") + "[[files]]\nname = 'a.csv'\n[make]"
    path = write_card(text, generate_py=script)
    monkeypatch.setenv("ROM_DATASETS", str(path.parents[1]))
    for name in (path, "mine"):  # neither by its path nor by its name
        with pytest.raises(rom.InputError, match=r"did not come with.*rom data make .*card\.toml"):
            rom.open_snapshots(name)
    assert not home.exists()
    catalog.make(catalog.find_card(str(path)))
    assert rom.open_snapshots(path).shape == (2, 2)


def test_a_card_imports_nothing(write_card, home, tmp_path, monkeypatch):
    (tmp_path / "strange.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    for line in ("package = 'strange'", "format = 'strange:x'"):
        card = CARD.replace("format = ", "# ") if line.startswith("format") else CARD
        with pytest.raises(rom.InputError, match=r"unknown key 'package'|unknown format"):
            rom.open_snapshots(write_card(f"{line}\n{card}{FILE}"))


def test_a_failed_download_leaves_nothing(write_card, home):
    # nobody listens on port 1 of this machine
    path = write_card(CARD + FILE + f"sha256 = '{'0' * 64}'\nurls = ['http://127.0.0.1:1/a.h5']")
    with pytest.raises(rom.RomError, match=r"a.h5: ConnectionError.* set ROM_DATA"):
        rom.open_snapshots(path)
    assert not home.exists()


def test_the_sum_is_that_of_the_uncompressed_content(tmp_path):
    (tmp_path / "a").write_bytes(b"content")
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"content"))
    # `git hash-object` of the file
    blob = "6b584e8ece562ebffc15d38808cd6b98fc3d97ea"
    known = catalog.CardFile(name="a", sha256=hashlib.sha256(b"content").hexdigest(), git_blob=blob)
    other = catalog.CardFile(name="a", git_blob=blob[::-1])
    for path in (tmp_path / "a", tmp_path / "a.gz"):
        assert known.wrong_sum(path) == ""
        assert other.wrong_sum(path) == "git_blob"


def test_singular_values_of_the_burgers_snapshots(home):
    # not centred; R. Maulik, G. Mengaldo, arXiv:2108.08845, with one SVD of all snapshots
    sigma = np.linalg.svd(rom.open_snapshots("burgers")[:], compute_uv=False)
    np.testing.assert_allclose(sigma[:3], [98.20850389, 38.35696514, 21.2843388], rtol=1e-8)
    assert [path.name for path in (home / "deep" / "burgers").iterdir()] == ["burgers.h5"]


def test_energies_of_the_square_wave(home):
    pod = rom.POD(100).fit(rom.open_snapshots("square_wave"))
    energy = np.cumsum(pod.explained_variance_ratio_)[1::2]
    np.testing.assert_allclose(
        energy, 8 / np.pi**2 * np.cumsum(1 / (2 * np.arange(1, 51) - 1.0) ** 2), atol=1e-4
    )


def test_the_embedded_sample_of_mnist(home):
    digits = rom.open_snapshots("mnist-5k")
    assert digits.card.kind == "embedded"
    assert digits.shape == (5000, 784)
    np.testing.assert_array_equal(digits.parameters["label"], np.repeat(np.arange(10), 500))
    grey = np.rint(255 * digits[:])
    assert (grey.min(), grey.max(), grey.sum(dtype=float)) == (0, 255, 131_267_102)
    assert not home.exists()


MNIST = Path(os.environ.get("ROM_DATA", ".")) / "mnist" / "train-images-idx3-ubyte.gz"
needs_mnist = pytest.mark.skipif(
    not MNIST.is_file(), reason="ROM_DATA names no folder with the MNIST database"
)


@needs_mnist
def test_the_sample_is_the_first_images_of_each_digit_in_the_training_set():
    mnist, sample = rom.open_snapshots("mnist"), rom.open_snapshots("mnist-5k")
    train = mnist.parameters["label"][:60000]
    rows = np.concatenate([np.flatnonzero(train == digit)[:500] for digit in range(10)])
    np.testing.assert_array_equal(sample.parameters["label"], train[rows])
    np.testing.assert_array_equal(sample[:], mnist[rows])


@needs_mnist
def test_the_full_mnist_database():
    digits = rom.open_snapshots("mnist")
    assert digits.shape == (70000, 784)
    assert digits.own_split is not None
    assert [len(digits.own_split[part]) for part in ("train", "test")] == [60000, 10000]
    train = digits.parameters["label"][:60000]
    assert np.bincount(train).tolist() == [
        5923,
        6742,
        5958,
        6131,
        5842,
        5421,
        5918,
        6265,
        5851,
        5949,
    ]
    assert train[:8].tolist() == [5, 0, 4, 1, 9, 2, 1, 3]
    some = digits[:500]
    assert (some.min(), some.max(), some.dtype) == (0, 1, np.float32)


def test_cards_may_lie_anywhere(tmp_path):
    folder = tmp_path / "with space ü"
    folder.mkdir()
    images = np.arange(2 * 3 * 3, dtype=np.uint8)
    (folder / "i").write_bytes(struct.pack(">IIII", 0x803, 2, 3, 3) + images.tobytes())
    (folder / "card.toml").write_text(CARD.replace("canonical", "idx") + "[[files]]\nname = 'i'")
    snapshots = rom.open_snapshots(folder / "card.toml")
    assert snapshots.name == "with space ü"
    np.testing.assert_allclose(snapshots[:].ravel(), images / 255, rtol=1e-6)
