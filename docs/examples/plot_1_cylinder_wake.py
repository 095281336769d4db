"""
A limit cycle: the cylinder wake
================================

Periodic vortex shedding behind a cylinder at Re = 100, embedded in the package. Two latents
describe a closed orbit: kernel POD needs no more, POD needs a pair of modes for each harmonic.
"""

# sphinx_gallery_thumbnail_number = 2
import rom

comparison = rom.compare("cylinder_wake", reducers=["pod", "pod-kernel"], n_components=[2, 4, 8])
print(comparison.verdict)

# %%
# POD's error falls pair by pair. The square is the number of modes of a comparison, the line every
# number of modes.
rom.plot.error_curve(comparison, width="double")

# %%
# The modes: the mean flow is not one of them, they describe fluctuations about it.
rom.plot.modes(comparison, 4)

# %%
# Two latents lie on a circle. They are uncorrelated, and each determines the other. Snapshots of
# one periodic flow have a small effective sample size (``n_eff``), so that the test of
# independence cannot decide: the verdict is "cannot be tested".
rom.plot.phase_portrait(comparison, n_components=2)

# %%
run = next((comparison.path / "runs").glob("pod-k2-*"))
card = rom.independence(rom.load(run).transform(rom.open_snapshots("cylinder_wake")))
print(card[["metric", "value", "null", "n_eff", "verdict"]].to_string())
