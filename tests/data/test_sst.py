"""Sea surface temperatures: the card offline, and where the file is, what it says of itself."""

import os
from pathlib import Path

import numpy as np
import pytest

import rom
from rom.data.catalog import find_card

FILE = Path(os.environ.get("ROM_DATA", ".")) / "sst" / "sst.mnmean.nc"
needs_the_file = pytest.mark.skipif(not FILE.is_file(), reason="ROM_DATA names no folder with sst")


def test_the_card_names_a_fixed_copy_and_its_sum():
    card = find_card("sst")
    assert card.format == "netcdf"
    assert card.split == {"kind": "blocks"}
    assert "doi:10.1175/JCLI-D-16-0836.1" in card.citation
    (file,) = card.files
    assert file.name == "sst.mnmean.nc"
    assert len(file.sha256) == 64
    # a commit, not a branch: the content at these addresses cannot change
    assert len(file.urls) >= 2
    assert all(
        url.startswith("https://") and "/54df4e2fc01e51905210793f7aa01df0d87be86b/" in url
        for url in file.urls
    )


@pytest.fixture(scope="module")
def months():
    return rom.open_snapshots("sst")


@needs_the_file
def test_the_file_says_what_it_holds(months):
    layout = months.layout
    assert (layout.variables, layout.units, layout.axes) == (("sst",), ("degC",), ("lat", "lon"))
    assert months.shape == (128, 89 * 180)
    days = months.times.astype(int).astype("timedelta64[D]")
    dates = (np.datetime64("1800-01-01") + days).astype("datetime64[M]")
    np.testing.assert_array_equal(dates, np.arange("2010-01", "2020-09", dtype="datetime64[M]"))
    cosines = np.cos(np.deg2rad(layout.coordinates["lat"]))
    np.testing.assert_allclose(layout.weights, np.repeat(cosines, 180).reshape(89, 180), rtol=1e-6)


@needs_the_file
def test_land_is_missing_in_every_month(months):
    missing = np.isnan(months[:])
    assert (missing == missing[0]).all()
    assert missing[0].sum() == 5032


@needs_the_file
def test_the_annual_cycle_dominates(months):
    # written out, as an oracle: area-weighted SVD about the mean
    values = np.asarray(months[:], dtype=np.float64)
    sea = ~np.isnan(values[0])
    scaled = (values - values.mean(axis=0))[:, sea] * np.sqrt(months.layout.weights.ravel()[sea])
    course, sigma, _ = np.linalg.svd(scaled, full_matrices=False)
    np.testing.assert_allclose(
        sigma[:4] ** 2 / (sigma**2).sum(), [0.868, 0.039, 0.023, 0.015], atol=1e-3
    )
    angle = 2 * np.pi * np.arange(128) / 12
    year = np.stack([np.cos(angle), np.sin(angle), np.ones(128)], axis=1)
    residual = course[:, 0] - year @ np.linalg.lstsq(year, course[:, 0], rcond=None)[0]
    assert residual.var() < 0.01 * course[:, 0].var()
