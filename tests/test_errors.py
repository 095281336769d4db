"""The boundary of every reader: what a file causes is one line, a mistake in the package is not."""

import logging
import struct
import zlib

import pytest

from rom.errors import InputError, RunError, reading


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError("truncated"), "flow.h5: cannot be read: truncated"),
        (KeyError("u"), "flow.h5: damaged: 'u'"),
        (MemoryError(), r"flow.h5: it needs more memory than there is"),
        (RecursionError("deep"), "flow.h5: damaged: nested too deeply"),
        (TypeError("a\nb"), r"flow.h5: damaged, or not as its layout has it \(a b\); give a"),
        (struct.error("x"), r"flow.h5: damaged.*\(x\); give a"),
        (zlib.error(""), r"flow.h5: damaged.*\(error\); give a"),
        (InputError("no variable"), "flow.h5: no variable"),
        (InputError("mesh.h5: no points"), "^mesh.h5: no points"),
    ],
)
def test_what_a_file_causes_is_one_line_that_names_it(error, words, caplog):
    caplog.set_level(logging.DEBUG, "rom")
    with (
        pytest.raises(InputError, match=words) as caught,
        reading("flow.h5", "mesh.h5", advice="give a"),
    ):
        raise error
    assert "\n" not in str(caught.value)
    # whoever embeds the package can see where it came from
    assert len(caplog.records) == (not isinstance(error, InputError))


@pytest.mark.parametrize("error", [NameError("x"), AssertionError(), ImportError(), RunError("a")])
def test_what_no_file_causes_passes(error):
    with pytest.raises(type(error)), reading("flow.h5"):
        raise error
