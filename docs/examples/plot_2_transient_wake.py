"""
From the steady flow to vortex shedding
=======================================

Ten trajectories of the wake, embedded in the package. Amplitude and phase of the oscillation
describe every state: two variables. The surface that they span is curved, so that a nonlinear
method needs three latents, and POD needs more than 50 modes for the same error.
"""

# sphinx_gallery_thumbnail_number = 3
import rom

comparison = rom.compare(
    "transient_wake", reducers=["pod", "pod-kernel", "autoencoder"], n_components=[3], seeds=1,
    controls=False,
)  # fmt: skip
print(comparison.verdict)

# %%
rom.plot.error_curve(comparison, width="double")

# %%
# The latents of each method on the two test trajectories, from the steady flow outwards.
rom.plot.phase_portrait(comparison)

# %%
# A snapshot of the test set and what each method makes of it.
rom.plot.reconstruction(comparison, snapshot=20)
