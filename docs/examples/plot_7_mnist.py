"""
Images: handwritten digits
==========================

5,000 digits of MNIST, embedded in the package. Images have no small number of variables: with two
latents every method loses more than half of the energy. Here latents are good for seeing classes.
"""

# sphinx_gallery_thumbnail_number = 2
import rom

comparison = rom.compare(
    "mnist-5k", reducers=["pod", "beta-vae"], n_components=[2], seeds=1, controls=False,
    options={"beta-vae": {"architecture": "pod", "epochs": 20}},
)  # fmt: skip
print(comparison.verdict)

# %%
# The test images in the plane of two latents, coloured by their digit.
rom.plot.phase_portrait(comparison)

# %%
# What the beta-VAE draws at the points of that plane.
model = rom.load(next((comparison.path / "runs").glob("beta-vae-*")))
rom.plot.latent_plane(model, model.transform(rom.open_snapshots("mnist-5k")))
