"""
Chaos on a manifold of dimension eight
======================================

The Kuramoto-Sivashinsky equation with L = 22: its attractor lies on a manifold of dimension 8
(Linot and Graham 2020). POD's error falls evenly. That of a nonlinear method drops at eight
latents. ``rom data make kuramoto_sivashinsky`` makes the file in a few seconds.
"""

import rom

# every fourth snapshot, so that this page is made quickly
snapshots = rom.open_snapshots("kuramoto_sivashinsky", every=4)
comparison = rom.compare(snapshots, reducers=["pod", "pod-kernel"], n_components=[7, 8])
print(comparison.verdict)

# %%
rom.plot.error_curve(comparison, width="double")

# %%
# The errors along the test trajectories.
rom.plot.error_over_time(comparison, n_components=8)
