"""What is measured of a run next to the metrics."""

from rom.measures.row import Measure

#: What is measured of a run besides the metrics.
QUANTITIES: dict[str, Measure] = {
    "active_latents": Measure(
        "active latents",
        "Latents without which more than 0.01 % of the energy of the training set is lost, each"
        " replaced by its mean; the same rule for every method.",
        form="integer",
        table="correlation",
    ),
    "ablation_energy": Measure(
        "energy lost without a latent",
        "Share of the energy that is lost where one latent is replaced by its training mean.",
        form="percent",
    ),
    "ranked_energy": Measure(
        "energy of the first latents",
        "Share of the energy captured with the first m latents in greedy order, the others replaced"
        " by their training means.",
        form="percent",
    ),
    "rank_agreement": Measure(
        "agreement of rankings",
        "Rank correlation of the greedy order with the order by loss and by sensitivity.",
    ),
    "decoder_cosine": Measure(
        "cosine of the decoder",
        "Mean |cosine| between what two latents change in the field; 0 if orthogonal.",
        better="lower",
        table="dependence",
    ),
    "ima_contrast": Measure(
        "IMA contrast",
        "Independent mechanism analysis (Gresele et al. 2021): 0 if the columns of the decoder's"
        " Jacobian are orthogonal.",
        better="lower",
    ),
    "factor_score": Measure(
        "factor scores",
        "Disentanglement, completeness, informativeness (Eastwood and Williams 2018), MIG (Chen et"
        " al. 2018) of the latents with the known parameters.",
        better="higher",
    ),
    "factor_correlation": Measure(
        "correlation with a parameter",
        "Rank correlation of a latent with a known parameter.",
    ),
    "fit_seconds": Measure(
        "fit",
        "Wall-clock time of the fit with its preprocessing; runs at the same time share the cores.",
        unit="s",
        better="lower",
        table="cost",
        of="train",
    ),
    "encode_seconds": Measure(
        "encode",
        "Wall-clock time to encode a snapshot.",
        unit="s",
        form="milliseconds",
        better="lower",
        table="cost",
    ),
    "decode_seconds": Measure(
        "decode",
        "Wall-clock time to decode a snapshot.",
        unit="s",
        form="milliseconds",
        better="lower",
        table="cost",
    ),
    "n_parameters": Measure(
        "parameters",
        "Numbers that were fitted: weights of a network, values of the modes.",
        form="integer",
        better="lower",
        table="cost",
        of="train",
    ),
    "stored_bytes": Measure(
        "stored",
        "Bytes of the saved model.",
        unit="B",
        form="size",
        better="lower",
        table="cost",
        of="train",
    ),
    "converged": Measure(
        "converged", "1 where more training would gain nothing, 0 where it would.", of="train"
    ),
    "threads": Measure("threads", "Threads of the fit.", form="integer", of="train"),
}
