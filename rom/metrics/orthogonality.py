"""Orthogonality of a decoder: whether its latents change the field in different ways."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import over_pairs, real_array
from rom.metrics.correlation import is_singular

#: Features that are worked on at once.
PANEL = 2**16


def jacobian_cosines(J: ArrayLike, *, weights: ArrayLike | None = None) -> NDArray[np.float64]:
    """Cosines between the columns of a decoder's Jacobian, ``N_ij = <J_i, J_j>_W / (|J_i|_W
    |J_j|_W)``.

    Parameters
    ----------
    J : array (n_features, d) or (n, n_features, d)
        Derivatives of the decoded fields by the latents, at one point or at several:
        :meth:`rom.POD.jacobian` and its likes.
    weights : array (n_features,), optional, of the features. Default: ones.

    Returns
    -------
    array (d, d) or (n, d, d)
        Ones on the diagonal; NaN for a latent that does not move the field.

    Raises
    ------
    InputError
        If shapes do not fit, or numbers are not finite.

    Examples
    --------
    >>> from rom.metrics.orthogonality import jacobian_cosines
    >>> jacobian_cosines([[1.0, 1.0], [0.0, 1.0]]).round(3).tolist()
    [[1.0, 0.707], [0.707, 1.0]]
    """
    columns = real_array("J", J).astype(np.float64, copy=False)
    if columns.ndim not in (2, 3) or not np.isfinite(columns).all():
        raise InputError(
            f"J must hold finite numbers (n_features, d) or (n, n_features, d), not {columns.shape}"
        )
    if weights is not None:
        w = real_array("weights", weights).astype(np.float64)
        if w.shape != columns.shape[-2:-1] or not np.isfinite(w).all() or w.min() < 0:
            raise InputError(
                f"weights must hold a number, 0 or more, for each of {columns.shape[-2]} features"
            )
        columns = columns * np.sqrt(w)[:, None]
    size = np.maximum(columns.max(axis=-2, keepdims=True), -columns.min(axis=-2, keepdims=True))
    size = np.where(size > 0, size, 1)
    products = np.zeros((*columns.shape[:-2], columns.shape[-1], columns.shape[-1]))
    # some at a time, without a copy of all: there may be millions of features
    for start in range(0, columns.shape[-2], PANEL):
        some = columns[..., start : start + PANEL, :] / size
        products += np.swapaxes(some, -1, -2) @ some
    length = np.sqrt(np.diagonal(products, axis1=-2, axis2=-1))
    length = np.where(length > 0, length, np.nan)
    return np.asarray(np.clip(products / (length[..., :, None] * length[..., None, :]), -1, 1))


def decoder_orthogonality(J: ArrayLike, *, weights: ArrayLike | None = None) -> dict[str, float]:
    """How orthogonal a decoder is: 0 and 0 nat for POD, whatever the scale of its latents.

    Parameters and errors as for :func:`jacobian_cosines`; give the active latents only.

    Returns
    -------
    dict
        ``decoder_cosine``: mean |N_ij| over the pairs i < j, and ``ima_contrast``: ``-1/2 ln det
        N`` in nats, 0 if the columns are orthogonal and inf if one is a combination of others; both
        are means over the points. NaN for one latent, or where one does not move the field.

    References
    ----------
    Gresele, von Kügelgen, Stimper, Schölkopf, Besserve 2021, Independent mechanism analysis,
    NeurIPS, eq. 9.

    Examples
    --------
    >>> from rom.metrics.orthogonality import decoder_orthogonality
    >>> found = decoder_orthogonality([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
    >>> found["decoder_cosine"], found["ima_contrast"]
    (0.0, 0.0)
    """
    cosines = jacobian_cosines(J, weights=weights)
    points = cosines[None] if cosines.ndim == 2 else cosines
    if points.shape[-1] < 2 or not np.isfinite(points).all():
        return {"decoder_cosine": float("nan"), "ima_contrast": float("nan")}
    contrasts = [
        np.inf if is_singular(N) else -0.5 * np.linalg.slogdet(N).logabsdet + 0.0 for N in points
    ]
    return {
        "decoder_cosine": float(np.mean([over_pairs(np.abs(N))["mean"] for N in points])),
        "ima_contrast": float(np.mean(contrasts)),
    }
