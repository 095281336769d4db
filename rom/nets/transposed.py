"""Transposed convolution on planar grids, in the form that costs a CPU least; the numbers are those
of PyTorch's.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.autograd.function import once_differentiable

#: Up to this number of output channels a stride-1 layer is one matrix product and shifted sums: the
#: convolution kernels of a CPU compute 16 channels at a time, whether they are wanted or not.
FEW_CHANNELS = 4


class TransposedConv2d(nn.ConvTranspose2d):
    """``nn.ConvTranspose2d`` with a faster gradient of the bias, and a faster forward pass for few
    channels.

    oneDNN's weight gradient takes a third longer if it sums the bias as well, which a plain sum
    does in a hundredth of the time. The results differ from PyTorch's in the order of the sums
    alone.
    """

    def forward(self, fields: torch.Tensor, output_size: list[int] | None = None) -> torch.Tensor:
        plain = (
            output_size is not None
            or self.bias is None
            or self.groups > 1
            or self.dilation != (1, 1)
        )
        if plain or fields.device.type != "cpu" or torch.is_autocast_enabled("cpu"):
            return super().forward(fields, output_size)
        return _TransposedConvolution.apply(
            fields, self.weight, self.bias, self.stride, self.padding, self.output_padding
        )


class _TransposedConvolution(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        fields: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor,
        stride: tuple[int, int],
        padding: tuple[int, int],
        output_padding: tuple[int, int],
    ) -> torch.Tensor:
        ctx.save_for_backward(fields, weight)
        ctx.geometry = stride, padding, output_padding
        few = weight.shape[1] <= FEW_CHANNELS
        if few and stride == (1, 1) and fields.is_contiguous(memory_format=torch.channels_last):
            return _shifted_sums(fields, weight, bias, padding)
        return nn.functional.conv_transpose2d(fields, weight, bias, stride, padding, output_padding)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        fields, weight = ctx.saved_tensors
        stride, padding, output_padding = ctx.geometry
        wanted = [*ctx.needs_input_grad[:2], False]
        of_fields, of_weight, _ = torch.ops.aten.convolution_backward(
            gradient, fields, weight, None, stride, padding, (1, 1), True, output_padding, 1, wanted
        )
        return of_fields, of_weight, gradient.sum((0, 2, 3)), None, None, None


def _shifted_sums(
    fields: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, padding: tuple[int, int]
) -> torch.Tensor:
    """Stride 1: ``out[k, y + a - p, x + b - p] += sum_c weight[c, k, a, b] fields[c, y, x]``, the
    sums over c first.
    """
    n, channels, *sizes = fields.shape
    kernel = weight.shape[2:]
    pixels = fields.permute(0, 2, 3, 1).reshape(-1, channels)
    products = (weight.permute(2, 3, 1, 0).reshape(-1, channels) @ pixels.t()).view(
        *kernel, -1, n, *sizes
    )
    out_sizes = [
        size + width - 1 - 2 * p for size, width, p in zip(sizes, kernel, padding, strict=True)
    ]
    out = bias.view(-1, 1, 1, 1).expand(-1, n, *out_sizes).contiguous()
    for a in range(kernel[0]):
        for b in range(kernel[1]):
            (to_y, from_y), (to_x, from_x) = (
                _overlap(size, out_size, tap - p)
                for size, out_size, tap, p in zip(sizes, out_sizes, (a, b), padding, strict=True)
            )
            out[:, :, to_y, to_x] += products[a, b][:, :, from_y, from_x]
    return out.transpose(0, 1).contiguous(memory_format=torch.channels_last)


def _overlap(size: int, out_size: int, shift: int) -> tuple[slice, slice]:
    """Where cells ``i + shift`` of the output exist, and the cells i of the input they come
    from.
    """
    start, end = max(0, shift), max(0, min(out_size, size + shift))
    return slice(start, end), slice(start - shift, end - shift)
