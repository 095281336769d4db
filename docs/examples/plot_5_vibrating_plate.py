"""
Where POD is the answer: a linear plate
=======================================

A plate that vibrates in its first ten modes. The response is linear: ten POD modes are exact, and
no method can do better with fewer. ``rom data make vibrating_plate`` makes the file.
"""

# sphinx_gallery_thumbnail_number = 2
import rom

# every fourth snapshot, so that this page is made quickly
snapshots = rom.open_snapshots("vibrating_plate", every=4)
comparison = rom.compare(snapshots, reducers=["pod", "pod-kernel"], n_components=[5, 10])
print(comparison.verdict)

# %%
rom.plot.error_curve(comparison, width="double")

# %%
# The modes are those of a clamped plate.
rom.plot.modes(comparison, 6)

# %%
# Latents of a linear vibration need not be independent: one force excites several modes.
rom.plot.independence(comparison, n_components=5)
