"""Training the beta-VAE beside TensorFlow/Keras and plain PyTorch: images per second, and time to a
test loss.

    python benchmarks/train_vs_peers.py [--steps 100] [--rounds 5] [--only rom,pytorch]
    [--tensorflow PYTHON] python benchmarks/train_vs_peers.py --quality [--epochs 30] [--seeds 1]
    [--full]

Needs the extra ``peers`` and the data set mnist; ``--tensorflow`` names the interpreter of another
environment that has TensorFlow (and no need of rom). All train the same layers with the same loss
on the same pixels in [0, 1], batch 128:

rom: ``example-beta-vae``, nothing but its public interface.
pytorch: the same network as a plain eager loop, as anybody would write it.
tf graph, tf xla, tf eager: a ``keras.Model`` with its own ``train_step`` and ``Mean`` metrics, as
Keras' VAE example is built; as a graph, as a graph that XLA compiles (Keras' default), and with
``run_eagerly=True`` (the reference).

Every measurement is a process of its own with its framework's own number of threads; the programs
take turns, and the table gives medians. The first epoch of each (imports, tracing, first steps)
does not count towards images per second.

``--quality``: seconds until the loss of the 10,000 test images (squared error of sampled latents +
KL) is 42.28, which the eager reference is taken to need its 30 epochs for: its time is its measured
seconds per step x 469 steps x 30. ``--full`` runs them, as a graph, and evaluates the test loss
after every epoch (which its time leaves out). rom's time is that of a whole ``fit`` with
``--epochs``: the statistics of the data and building the network count.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

BATCH, RATE = 128, 1e-3
#: Parameters of the encoder with its two heads, and of the decoder.
ENCODER, DECODER = 69_076, 65_089
#: Epochs of a measurement of speed: the first warms up.
SPEED_EPOCHS = 3
#: With fewer batches an epoch, rom makes its batches smaller.
ROM_STEPS = 64
TARGET, REFERENCE_EPOCHS = 42.28, 30
#: What would keep a framework from choosing its own number of threads.
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
AfterEpoch = Callable[..., None]
Posterior = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
Decoder = Callable[[np.ndarray], np.ndarray]


def train_rom(
    images: np.ndarray, epochs: int | None, seed: int, after_epoch: AfterEpoch
) -> tuple[Posterior, Decoder]:
    import rom
    from rom.reducers.example import ExampleBetaVAE

    rows = rom.Snapshots.from_array(images, axes="t y x")
    model = ExampleBetaVAE(2, beta=1.0, epochs=epochs, random_state=seed)
    model.fit(rows, on_epoch=lambda record: after_epoch())
    expect((model.batch_size_, model.n_parameters_), (BATCH, ENCODER + DECODER))
    return (
        lambda x: model.posterior(rom.Snapshots.from_array(x, axes="t y x"))
    ), model.inverse_transform


def train_pytorch(images: np.ndarray, epochs: int, seed: int, after_epoch: AfterEpoch) -> None:
    import torch
    from torch import nn

    torch.manual_seed(seed)
    encoder = nn.Sequential(
        nn.Conv2d(1, 32, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(7 * 7 * 64, 16),
        nn.ReLU(),
        nn.Linear(16, 4),
    )
    decoder = nn.Sequential(
        nn.Linear(2, 7 * 7 * 64), nn.ReLU(), nn.Unflatten(1, (64, 7, 7)),
        nn.ConvTranspose2d(64, 64, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
        nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
        nn.ConvTranspose2d(32, 1, 3, padding=1), nn.Sigmoid(),
    )  # fmt: skip
    counts = tuple(sum(p.numel() for p in part.parameters()) for part in (encoder, decoder))
    expect(counts, (ENCODER, DECODER))
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=RATE)
    data = torch.from_numpy(images)[:, None]
    for _ in range(epochs):
        total = 0.0
        for chosen in torch.randperm(len(data)).split(BATCH):
            x = data[chosen]
            mean, log_variance = encoder(x).chunk(2, dim=1)
            z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
            error = ((x - decoder(z)) ** 2).sum(dim=(1, 2, 3)).mean()
            kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(dim=1).mean()
            loss = error + kl
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        after_epoch()


def keras_vae() -> Any:
    """The reference's layers and training step (Chollet, "Variational AutoEncoder", keras.io, in
    its form).
    """
    import keras
    import tensorflow as tf
    from keras import layers

    class Sampling(layers.Layer):
        def call(self, inputs):
            z_mean, z_log_var = inputs
            return z_mean + tf.exp(0.5 * z_log_var) * tf.random.normal(tf.shape(z_mean))

    class VAE(keras.Model):
        def __init__(self, encoder, decoder):
            super().__init__()
            self.encoder, self.decoder = encoder, decoder
            self.trackers = [
                keras.metrics.Mean(name=name) for name in ("loss", "reconstruction_loss", "kl_loss")
            ]

        @property
        def metrics(self):
            return self.trackers

        def train_step(self, data):
            with tf.GradientTape() as tape:
                z_mean, z_log_var, z = self.encoder(data)
                reconstruction = self.decoder(z)
                error = tf.reduce_mean(
                    tf.reduce_sum(tf.square(data - reconstruction), axis=(1, 2, 3))
                )
                kl = -0.5 * (1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var))
                kl = tf.reduce_mean(tf.reduce_sum(kl, axis=1))
                loss = error + kl
            gradients = tape.gradient(loss, self.trainable_weights)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
            for tracker, value in zip(self.trackers, (loss, error, kl), strict=True):
                tracker.update_state(value)
            return {tracker.name: tracker.result() for tracker in self.trackers}

    relu: dict[str, Any] = {"activation": "relu"}
    inputs = keras.Input((28, 28, 1))
    x = layers.Conv2D(32, 3, strides=2, padding="same", **relu)(inputs)
    x = layers.Conv2D(64, 3, strides=2, padding="same", **relu)(x)
    x = layers.Dense(16, **relu)(layers.Flatten()(x))
    z_mean, z_log_var = layers.Dense(2, name="z_mean")(x), layers.Dense(2, name="z_log_var")(x)
    encoder = keras.Model(inputs, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])
    latents = keras.Input((2,))
    x = layers.Reshape((7, 7, 64))(layers.Dense(7 * 7 * 64, **relu)(latents))
    x = layers.Conv2DTranspose(64, 3, strides=2, padding="same", **relu)(x)
    x = layers.Conv2DTranspose(32, 3, strides=2, padding="same", **relu)(x)
    decoder = keras.Model(
        latents, layers.Conv2DTranspose(1, 3, padding="same", activation="sigmoid")(x)
    )
    expect((encoder.count_params(), decoder.count_params()), (ENCODER, DECODER))
    return VAE(encoder, decoder)


def train_tensorflow(
    images: np.ndarray,
    epochs: int,
    seed: int,
    after_epoch: AfterEpoch,
    *,
    eager: bool = False,
    xla: bool = False,
) -> None:
    """`after_epoch` is given the posterior and the decoder as they are then."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    keras.utils.set_random_seed(seed)
    model = keras_vae()
    model.compile(optimizer=keras.optimizers.Adam(RATE), run_eagerly=eager, jit_compile=xla)

    def posterior(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean, log_variance, _ = model.encoder.predict(x[..., None], batch_size=1000, verbose=0)
        return mean, log_variance

    def decode(z: np.ndarray) -> np.ndarray:
        return model.decoder.predict(z, batch_size=1000, verbose=0)

    look = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: after_epoch(posterior, decode)
    )
    model.fit(images[..., None], epochs=epochs, batch_size=BATCH, verbose=0, callbacks=[look])


PROGRAMS: dict[str, Callable[..., Any]] = {
    "rom": train_rom,
    "pytorch": train_pytorch,
    "tf graph": train_tensorflow,
    "tf xla": partial(train_tensorflow, xla=True),
    "tf eager": partial(train_tensorflow, eager=True),
}


def expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise SystemExit(
            f"not the network or the batch that is compared: {found}, expected {wanted}"
        )


def held_out_losses(
    posterior: Posterior, decode: Decoder, images: np.ndarray
) -> tuple[float, float]:
    """Squared error summed over pixels + KL, mean over the images: of latents sampled with a fixed
    seed, of means.
    """
    mean, log_variance = (np.asarray(part, dtype=np.float64) for part in posterior(images))
    kl = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1).mean()
    noise = np.random.default_rng(0).standard_normal(mean.shape)
    sampled, of_means = (
        np.sum(
            (decode(z.astype(np.float32)).reshape(images.shape) - images.astype(np.float64)) ** 2
        )
        / len(images)
        for z in (mean + np.exp(0.5 * log_variance) * noise, mean)
    )
    return float(sampled + kl), float(of_means + kl)


def measure_speed(name: str, folder: Path, steps: int) -> dict:
    steps = max(steps, ROM_STEPS) if name == "rom" else steps
    images = np.ascontiguousarray(np.load(folder / "train.npy", mmap_mode="r")[: steps * BATCH])
    ends: list[float] = []
    PROGRAMS[name](images, SPEED_EPOCHS, 0, lambda *coder: ends.append(time.perf_counter()))
    return {"seconds": (ends[-1] - ends[0]) / (len(images) // BATCH) / (len(ends) - 1)}


def measure_rom_quality(folder: Path, epochs: int | None, seed: int) -> dict:
    import rom

    rom.BetaVAE(2)  # loads PyTorch: imports do not count, here and elsewhere
    images, test, count = np.load(folder / "train.npy"), np.load(folder / "test.npy"), []
    start = time.perf_counter()
    posterior, decode = train_rom(images, epochs, seed, lambda: count.append(1))
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "epochs": len(count),
        "losses": [held_out_losses(posterior, decode, test)],
    }


def measure_reference_quality(folder: Path, epochs: int, seed: int) -> dict:
    import tensorflow  # noqa: F401

    images, test = np.load(folder / "train.npy"), np.load(folder / "test.npy")
    losses: list[tuple[float, float]] = []
    looking: list[float] = []

    def look(posterior: Posterior, decode: Decoder) -> None:
        since = time.perf_counter()
        losses.append(held_out_losses(posterior, decode, test))
        looking.append(time.perf_counter() - since)

    start = time.perf_counter()
    train_tensorflow(images, epochs, seed, look)
    return {
        "seconds": time.perf_counter() - start - sum(looking),
        "epochs": epochs,
        "losses": losses,
    }


def measure(kind: str, name: str, folder: Path, number: int, seed: int) -> dict:
    """One measurement in this process, and what it ran with; number: steps or epochs, 0 for the
    package's own.
    """
    if kind == "speed":
        found = measure_speed(name, folder, number)
    elif name == "rom":
        found = measure_rom_quality(folder, number or None, seed)
    else:
        found = measure_reference_quality(folder, number, seed)
    packages = {"rom": ["rom-compare", "torch"], "pytorch": ["torch"]}.get(
        name, ["tensorflow", "keras"]
    )
    return found | {"versions": {package: version(package) for package in ("numpy", *packages)}}


def run(
    given: argparse.Namespace, kind: str, name: str, folder: Path, number: int, seed: int = 0
) -> dict:
    """:func:`measure` in a process of its own."""
    interpreter = given.tensorflow if name.startswith("tf") else sys.executable
    environment = {key: value for key, value in os.environ.items() if key not in THREAD_VARIABLES}
    command = [interpreter, __file__, "--measure", kind, name, str(folder), str(number), str(seed)]
    output = subprocess.run(command, capture_output=True, text=True, env=environment)
    if output.returncode:
        raise SystemExit(f"{name} failed ({interpreter}):\n{output.stderr}")
    found = json.loads(output.stdout.splitlines()[-1])
    given.versions |= {f"{package} {number}": None for package, number in found["versions"].items()}
    return found


def speed(given: argparse.Namespace, folder: Path) -> dict[str, float]:
    """Prints the table of speeds; median seconds per step of each program."""
    names = given.only.split(",")
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(given.rounds):
        for name in names:
            seconds[name].append(run(given, "speed", name, folder, given.steps)["seconds"])
    print(machine(given))
    print(
        f"MNIST 28 x 28, batch {BATCH}, {ENCODER + DECODER} parameters; {given.steps} steps an"
        f" epoch, {SPEED_EPOCHS - 1} epochs after one to warm up, {given.rounds} rounds"
    )
    print(
        f"{'':12}{'ms a step':>10}{'images/s':>10}{f'{names[0]} / this':>17}{'least':>8}{'most':>8}"
    )
    for name, times in seconds.items():
        ratios = [it / first for it, first in zip(times, seconds[names[0]], strict=True)]
        step = statistics.median(times)
        print(f"{name:12}{1e3 * step:10.2f}{BATCH / step:10.0f}{statistics.median(ratios):17.2f}"
              f"{min(ratios):8.2f}{max(ratios):8.2f}")  # fmt: skip
    return {name: statistics.median(times) for name, times in seconds.items()}


def quality(given: argparse.Namespace, folder: Path, eager_step: float) -> None:
    """Prints the table of times to the test loss."""
    steps = -(-len(np.load(folder / "train.npy", mmap_mode="r")) // BATCH)
    reference = eager_step * steps * REFERENCE_EPOCHS
    print(
        f"\ntime to a test loss of {TARGET} (10,000 images; squared error of sampled latents + KL)"
    )
    print(f"{'':12}{'seconds':>10}{'epochs':>8}{'test loss':>11}{'of means':>10}  reached")
    print(f"{'tf eager':12}{reference:10.0f}{REFERENCE_EPOCHS:8}{'':23}extrapolated, not run: "
          f"{1e3 * eager_step:.2f} ms a step x {steps} x {REFERENCE_EPOCHS}")  # fmt: skip

    def row(name: str, found: dict) -> bool:
        sampled, of_means = found["losses"][-1]
        first = next((i for i, (loss, _) in enumerate(found["losses"], 1) if loss <= TARGET), None)
        # rom is evaluated after its last epoch alone
        reached = (
            "no" if first is None else f"after epoch {first}" if len(found["losses"]) > 1 else "yes"
        )
        print(
            f"{name:12}{found['seconds']:10.0f}{found['epochs']:8}{sampled:11.2f}{of_means:10.2f} "
            f" {reached}"
        )
        return first is not None

    if given.full:
        row("tf graph", run(given, "quality", "tf graph", folder, REFERENCE_EPOCHS))
    fits = [
        run(given, "quality", "rom", folder, given.epochs or 0, seed) for seed in range(given.seeds)
    ]
    reached = [row(f"rom seed {seed}", found) for seed, found in enumerate(fits)]
    if all(reached):
        seconds = statistics.median(found["seconds"] for found in fits)
        print(f"tf eager (extrapolated) / rom: {reference / seconds:.2f}")
    else:
        print(f"no ratio: {TARGET} was not reached; try other --epochs")


def machine(given: argparse.Namespace) -> str:
    """CPU, cores and versions."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    model = next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")),
        platform.processor(),
    )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{model}, {cores} cores; Python {platform.python_version()}, {', '.join(given.versions)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--steps", type=int, default=100, help=f"batches an epoch; rom has at least {ROM_STEPS}"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--only", default=",".join(PROGRAMS), help="some programs; the first is the measure"
    )
    parser.add_argument(
        "--tensorflow", default=sys.executable, metavar="PYTHON", help="interpreter with TensorFlow"
    )
    parser.add_argument("--quality", action="store_true")
    parser.add_argument(
        "--epochs", type=int, help="rom's, for --quality; default: those of rom.BetaVAE"
    )
    parser.add_argument("--seeds", type=int, default=1, help="fits of rom, for --quality")
    parser.add_argument(
        "--full", action="store_true", help="with --quality: run the reference's epochs as a graph"
    )
    parser.add_argument("--measure", nargs=5, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        kind, name, path, number, seed = given.measure
        print(json.dumps(measure(kind, name, Path(path), int(number), int(seed))))
        return
    if unknown := set(given.only.split(",")) - set(PROGRAMS):
        parser.error(
            f"--only: no program {', '.join(sorted(unknown))}; there are {', '.join(PROGRAMS)}"
        )
    if given.full and not given.quality:
        parser.error("--full belongs to --quality")
    if given.quality and "tf eager" not in given.only.split(","):
        parser.error("--quality needs the speed of 'tf eager': add it to --only")
    import rom

    given.versions = {}
    mnist = rom.open_snapshots("mnist")
    with tempfile.TemporaryDirectory() as folder:
        for part in ("train", "test"):
            images = mnist.select(mnist.own_split[part])[:].astype(np.float32)
            np.save(Path(folder) / f"{part}.npy", images.reshape(-1, 28, 28))
        steps = speed(given, Path(folder))
        if given.quality:
            quality(given, Path(folder), steps["tf eager"])


if __name__ == "__main__":
    main()
