"""
Moving discontinuities: shock tubes
===================================

512 exact solutions of a Riemann problem. Two parameters vary, the pressure and the density of the
driver gas, so two latents are enough for a nonlinear method. The shock moves: POD needs many
modes. ``rom data make sod`` makes the file.
"""

# sphinx_gallery_thumbnail_number = 2
import rom

comparison = rom.compare("sod", reducers=["pod", "pod-kernel"], n_components=[2, 4])
print(comparison.verdict)

# %%
rom.plot.error_curve(comparison, width="double")

# %%
# One test snapshot with two latents. POD smears the shock over the range in which it moves.
rom.plot.reconstruction(comparison, variable="rho", n_components=2)

# %%
# Which latent follows which parameter.
rom.plot.parameters(comparison, "pod", n_components=2)
