"""Several comparisons of the same data on one page; others are refused."""

import numpy as np
import pytest

import rom
from rom.errors import InputError
from rom.report.page.several import write_several

ROWS = np.random.default_rng(0).normal(size=(60, 8)) @ np.diag(np.arange(8.0))


def compared(folder, rows=ROWS, sizes=(2,), **options):
    return rom.compare(
        rows, reducers=["pod"], n_components=list(sizes), out=folder, jobs=1, **options
    )


def test_rows_of_both_are_in_one_table(tmp_path):
    stores = [compared(tmp_path / "a").store, compared(tmp_path / "b", sizes=(3,)).store]
    html = write_several(stores, tmp_path / "both").read_text(encoding="utf-8")
    assert "2 comparisons of the same data" in html
    assert "<td>a</td>" in html
    assert "<td>b</td>" in html
    assert "n components" in html
    assert html.count("<figure id=") == 2


def test_other_data_or_another_split_are_refused(tmp_path):
    one = compared(tmp_path / "a").store
    other = compared(tmp_path / "b", rows=ROWS + 1).store
    with pytest.raises(InputError, match=r"cannot be compared with .*: the data differs"):
        write_several([one, other], tmp_path / "both")
    split = compared(tmp_path / "c", split={"test": 0.4}).store
    with pytest.raises(InputError, match=r"the (split|training set|test set) differs"):
        write_several([one, split], tmp_path / "both")
    assert not (tmp_path / "both").exists()
