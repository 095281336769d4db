"""Compression of HDF5 datasets: what reading them needs. The plugins of hdf5plugin are registered
when a file needs one.
"""

from __future__ import annotations

from contextlib import suppress

import h5py

#: Filters by their registered numbers.
FILTERS = {
    1: "gzip", 2: "shuffle", 3: "fletcher32", 4: "szip", 5: "nbit", 6: "scale-offset",
    307: "bzip2", 32000: "lzf", 32001: "Blosc", 32004: "LZ4", 32008: "bitshuffle", 32013: "ZFP",
    32015: "Zstd", 32017: "SZ", 32024: "SZ3", 32026: "Blosc2", 32028: "SPERR",
}  # fmt: skip
#: Those that hdf5plugin brings.
PLUGINS = (307, 32001, 32004, 32008, 32013, 32015, 32017, 32024, 32026, 32028)


def filters_of(dataset: h5py.Dataset) -> dict[str, int]:
    """Name -> number of the filters of a dataset, in the order in which they are applied."""
    plist = dataset.id.get_create_plist()
    found = [plist.get_filter(i) for i in range(plist.get_nfilters())]
    return {
        FILTERS.get(number, label.decode(errors="replace") or str(number)): number
        for number, _, _, label in found
    }


def missing_filters(dataset: h5py.Dataset) -> dict[str, int]:
    """Those that are needed to read it and not there, also after hdf5plugin was asked."""
    needed = {name: n for name, n in filters_of(dataset).items() if not _is_there(n)}
    if any(number in PLUGINS for number in needed.values()):
        with suppress(ImportError):
            import hdf5plugin  # noqa: F401  # registers its filters
    return {name: number for name, number in needed.items() if not _is_there(number)}


def advice(missing: dict[str, int]) -> str:
    """What to do about filters that are not there."""
    if set(missing.values()) <= set(PLUGINS):
        return "pip install 'rom-compare[filters]'"
    return "set HDF5_PLUGIN_PATH to the folder of its plugin"


def _is_there(number: int) -> bool:
    return bool(h5py.h5z.filter_avail(number))
