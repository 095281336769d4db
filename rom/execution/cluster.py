"""A Dask cluster for the runs of a study: connect to it, and make sure that its workers see the
same files.
"""

from __future__ import annotations

import glob
import hashlib
import socket
import uuid
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rom import __version__
from rom.data.snapshots import Snapshots
from rom.errors import InputError

if TYPE_CHECKING:
    from distributed import Client

SECONDS = 5.0  # that a scheduler has to answer, and a first worker to be there


@contextmanager
def connect(address: str | None) -> Iterator[Client | None]:
    """A client of the scheduler at this address; without one, of the cluster that joblib is set to
    use, if any.

    Raises
    ------
    InputError
        If ``distributed`` is not installed or nothing answers at the address.
    """
    if address is None:
        yield _joblib_client()
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError("a cluster needs Dask: pip install 'rom-compare[cluster]'") from error
    try:
        _knock(address)
        client = Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"cluster {address}: no Dask scheduler answers there ({error}); an address is that of "
            "`dask scheduler`, e.g. tcp://head:8786"
        ) from error
    with client:
        yield client


def _joblib_client() -> Any:
    """The client of ``joblib.parallel_config("dask")``, None where another back end is active."""
    import joblib

    return getattr(joblib.parallel.get_active_backend()[0], "client", None)


def _knock(address: str) -> None:
    """OSError or ValueError where nothing talks at an address: a client would wait for a silent one
    without end.
    """
    from distributed.comm import get_address_host_port, parse_address

    host, port = get_address_host_port(address, strict=True)
    with socket.create_connection((host, port), timeout=SECONDS) as connection:
        # a scheduler speaks first, except over TLS
        if parse_address(address)[0] == "tcp" and not connection.recv(1):
            raise OSError("the connection was closed")


def absolute(data: str | Sequence[str]) -> str | tuple[str, ...]:
    """Paths of data files as workers need them, whose working folder is another; names of data sets
    stay.
    """
    if not isinstance(data, str):
        return tuple(str(absolute(item)) for item in data)
    return str(Path(data).absolute()) if glob.has_magic(data) or Path(data).is_file() else data


def check_workers(client: Client, snapshots: Snapshots, out: Path) -> None:
    """Raise InputError unless every worker has this version, reads the data and sees the folder of
    the results.

    Leaves nothing behind. Workers that come later are not checked: their runs would fail and say
    why.
    """
    try:
        client.wait_for_workers(1, timeout=SECONDS)
    except TimeoutError as error:
        raise InputError(
            "the cluster has no worker; start one: dask worker ADDRESS-OF-THE-SCHEDULER"
        ) from error
    first = None if snapshots.in_memory else snapshots.select([0])
    digest = None if first is None else _digest(first)
    with _marker(out) as marker, quiet_about_large_graphs():
        answers = client.run(_look, __version__, marker, first, digest, on_error="return")
    for worker, answer in sorted(answers.items()):
        problem = (
            f"{type(answer).__name__}: {answer}" if isinstance(answer, BaseException) else answer
        )
        if problem:
            raise InputError(f"cluster: worker {worker} cannot take part: {problem}")


def _look(version: str, marker: Path, first: Snapshots | None, digest: str | None) -> str:
    """On a worker: what is in the way, or nothing."""
    if version != __version__:
        return f"it has rom-compare {__version__}, not {version}"
    if not marker.is_file():
        return (
            f"it does not see the folder {marker.parent}; choose an --out on a disk that all"
            " machines share"
        )
    if first is not None:
        try:
            same = _digest(first) == digest
        except (OSError, InputError) as error:
            return (
                f"it cannot read the data ({error}); give an absolute path on a disk that all"
                " machines share"
            )
        if not same:
            return (
                "it has another file where the data are; put them on a disk that all machines share"
            )
    return ""


def _digest(first: Snapshots) -> str:
    return hashlib.sha256(np.ascontiguousarray(first[0]).tobytes()).hexdigest()


@contextmanager
def _marker(out: Path) -> Iterator[Path]:
    """A file in the folder of the results; afterwards it is gone, and so are folders made for
    it.
    """
    out = out.absolute()
    new = [folder for folder in (out, *out.parents) if not folder.exists()]
    marker = out / f".rom-{uuid.uuid4().hex[:8]}"
    try:
        try:
            out.mkdir(parents=True, exist_ok=True)
            marker.touch()
        except OSError as error:
            raise InputError(f"{out}: cannot be written: {error.strerror}") from error
        yield marker
    finally:
        with suppress(OSError):
            marker.unlink(missing_ok=True)
            for folder in new:
                folder.rmdir()


@contextmanager
def quiet_about_large_graphs() -> Iterator[None]:
    """Dask advises against large arguments of a task, and offers what is lost with the worker that
    holds it.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sending large graph", category=UserWarning)
        yield
