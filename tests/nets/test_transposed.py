"""The fast form of the transposed convolution gives what PyTorch's own gives."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from rom.nets.transposed import FEW_CHANNELS, TransposedConv2d


def both(channels, stride, padding, output_padding, size, seed=0, kernel=3, dtype=torch.float64):
    """Outputs and gradients of the fast and of the plain layer on the same input."""
    generator = torch.Generator().manual_seed(seed)
    fast = TransposedConv2d(
        *channels, kernel, stride=stride, padding=padding, output_padding=output_padding
    )
    plain = nn.ConvTranspose2d(
        *channels, kernel, stride=stride, padding=padding, output_padding=output_padding
    )
    for parameter in fast.parameters():
        nn.init.normal_(parameter, generator=generator)
    plain.load_state_dict(fast.state_dict())
    rows = torch.randn(3, channels[0], *size, generator=generator, dtype=dtype)
    results = []
    for layer in (fast.to(dtype), plain.to(dtype)):
        fields = rows.contiguous(memory_format=torch.channels_last).requires_grad_()
        out = layer(fields)
        pull = torch.randn(out.shape, generator=torch.Generator().manual_seed(7), dtype=dtype)
        results.append((out, *torch.autograd.grad(out, [fields, *layer.parameters()], pull)))
    return results


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    channels=st.tuples(st.integers(1, 6), st.integers(1, FEW_CHANNELS + 2)),
    stride=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    size=st.tuples(st.integers(3, 7), st.integers(3, 7)),
)
def test_outputs_and_gradients_are_those_of_pytorch(channels, stride, padding, size):
    fast, plain = both(channels, stride, padding, tuple(s - 1 for s in stride), size)
    for one, other in zip(fast, plain, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(("channels", "stride"), [((32, 1), 1), ((32, 2), 1), ((16, 8), 2)])
def test_single_precision(channels, stride):
    fast, plain = both(
        channels, (stride, stride), (1, 1), (stride - 1,) * 2, (14, 14), dtype=torch.float32
    )
    for one, other in zip(fast, plain, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


def test_gradients_by_finite_differences():
    layer = TransposedConv2d(2, 2, 3, padding=1).double()
    fields = torch.randn(2, 2, 4, 3, dtype=torch.float64).contiguous(
        memory_format=torch.channels_last
    )
    torch.autograd.gradcheck(
        lambda x, w, b: torch.func.functional_call(layer, {"weight": w, "bias": b}, x),
        (fields.requires_grad_(), layer.weight, layer.bias),
    )


def test_other_layouts_and_precisions_take_the_plain_path():
    layer = TransposedConv2d(4, 1, 3, padding=1)
    fields = torch.randn(2, 4, 5, 5)
    expected = nn.functional.conv_transpose2d(fields, layer.weight, layer.bias, padding=1)
    torch.testing.assert_close(layer(fields), expected)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert layer(fields).dtype == torch.bfloat16
