"""The weight beta of a beta-VAE's KL term in the conventions of other papers.

Losses differ in whether the squared error and the KL divergence are summed or averaged, so that the
same trade-off has a beta of 1e-3 in one paper and of 132 in another.
"""

import math
from typing import NamedTuple

from rom.errors import InputError, nearest


class Convention(NamedTuple):
    """``value = constant * D**n_features * d**n_components * V**total_variance * beta``: a factor
    and three powers.
    """

    constant: float
    n_features: int = 0
    n_components: int = 0
    total_variance: int = 0


#: Name -> what the canonical beta is multiplied by; see :func:`convert_beta`.
BETA_CONVENTIONS: dict[str, Convention] = {
    "sum/sum": Convention(1),
    "mean/sum": Convention(1, n_features=-1),
    "mean/mean": Convention(1, n_features=-1, n_components=1),
    "tau": Convention(0.5),
    "energy_share": Convention(0.5, total_variance=-1),
    "beta_norm": Convention(0.5, n_features=-1, n_components=1),
}


def convert_beta(
    value: float,
    frm: str,
    to: str,
    *,
    n_features: float | None = None,
    n_components: float | None = None,
    total_variance: float | None = None,
) -> float:
    """The same trade-off between error and KL in another convention.

    With D features, d latents and the total variance V of the preprocessed training rows,

    ================  ===================================================  ======================
    name              loss per snapshot that the number stands in          from the canonical one
    ================  ===================================================  ======================
    ``sum/sum``       sum of squared errors + beta * sum of KL: canonical  beta
    ``mean/sum``      error averaged over the D values, KL summed          beta / D
    ``mean/mean``     error averaged over D values, KL over d latents      beta d / D
    ``tau``           1/2 sum of squared errors + tau * sum of KL          beta / 2
    ``energy_share``  tau as a share of the total variance                 beta / (2 V)
    ``beta_norm``     Higgins et al., decoder variance 1                   beta d / (2 D)
    ================  ===================================================  ======================

    ``beta_norm`` is half of ``mean/mean``: a Gaussian decoder of variance 1 has 1/2 on the squared
    error. A loss ``sum of squared errors / (2 s^2) + b * sum of KL`` has ``tau = b s^2``.

    Parameters
    ----------
    value : float, not negative
    frm, to : names of the table
    n_features : D, the values of a snapshot that the error is averaged over
    n_components : d, the number of latents
    total_variance : V, ``mean_t |y_t - mean|^2``, in the units of the squared error
        Each only where one of the two conventions needs it.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If a name is unknown, the value is negative or no number, or a size that is needed is
        missing or not positive.

    References
    ----------
    Higgins et al. 2017, beta-VAE, ICLR, section 4.2 (beta_norm).
    Lucas, Tucker, Grosse, Norouzi 2019, Don't blame the ELBO, arXiv:1911.02469 (why tau is what
    matters).

    Examples
    --------
    A beta of 1e-3 with the error averaged over 96 x 192 values and the KL summed over the latents:

    >>> from rom.metrics import convert_beta
    >>> round(convert_beta(1e-3, "mean/sum", "sum/sum", n_features=96 * 192), 3)
    18.432
    """
    for name in (frm, to):
        if name not in BETA_CONVENTIONS:
            raise InputError(f"no convention of beta {name!r}; {nearest(name, BETA_CONVENTIONS)}")
    if not 0 <= value < math.inf:
        raise InputError(
            f"a weight of the KL divergence must be a number, 0 or more, not {value!r}"
        )
    sizes = {
        "n_features": n_features,
        "n_components": n_components,
        "total_variance": total_variance,
    }
    source, target = BETA_CONVENTIONS[frm]._asdict(), BETA_CONVENTIONS[to]._asdict()
    result = float(value) * target["constant"] / source["constant"]
    for name, size in sizes.items():
        power = target[name] - source[name]
        if power and (size is None or not 0 < size < math.inf):
            raise InputError(
                f"{name}={size!r}: a positive number is needed to convert {frm!r} to {to!r}"
            )
        if power and size is not None:
            result *= float(size) ** power
    return result
