"""
The slowest decay there is: a travelling square wave
====================================================

All shifts of a periodic square wave: one parameter. The singular values of POD decay as 1/k, the
slowest possible for a bounded function. ``rom data make square_wave`` makes the file.
"""

# sphinx_gallery_thumbnail_number = 2
import rom

# every fourth shift, so that this page is made quickly
snapshots = rom.open_snapshots("square_wave", every=4)
comparison = rom.compare(snapshots, reducers=["pod", "pod-kernel"], n_components=[2])
print(comparison.verdict)

# %%
rom.plot.spectrum(comparison)

# %%
rom.plot.reconstruction(comparison, n_components=2)
