"""Makes the reference input images of the preprocessing tests, tests/fixtures/preprocess.

The preprocessing steps are implemented here independently of lib/preprocess: with a
library where one has the step (numpy.rot90, astropy.stats.sigma_clip,
scipy.interpolate.interp1d) and with numpy for the rest. The frames are small and
simulated from a fixed seed.

    pip install -r scripts/reference/requirements.txt
    python scripts/reference/make_reference.py            # writes the fixtures
    python scripts/reference/make_reference.py --check    # compares with the committed ones
    python scripts/reference/make_reference.py --golden DIR --frames DIR
                                                          # compares with the original's input images
"""

import argparse
import gzip
import io
import json
import math
import sys
import warnings
from pathlib import Path

import numpy as np
from astropy.stats import sigma_clip
from scipy.interpolate import interp1d

HEIGHT, WIDTH = 210, 650
FIXTURES = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "preprocess"
SEED = 20180417


def orient(plane):
    return (np.rot90(plane), True) if plane.shape[0] > plane.shape[1] else (plane, False)


def row_maxima(plane):
    """Largest value of each row that survives the clip of its column; NaN where none survives."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy warns of NaN
        clipped = sigma_clip(plane, sigma=3, maxiters=5, cenfunc="median", stdfunc="std", axis=0)
    return np.ma.filled(clipped.astype(float).max(axis=1), np.nan)


def trim(maxima):
    """The first row to keep, and one past the last."""
    lit = maxima[maxima > 0]
    median = np.median(lit) if lit.size else np.nan
    near = np.abs(maxima - median) <= 0.2 * median
    forward = np.flatnonzero((maxima[1:] > 1.10 * maxima[:-1]) | near[1:])
    backward = np.flatnonzero((maxima[:-1] > 1.10 * maxima[1:]) | near[:-1])
    first = int(forward[0]) + 1 if forward.size else 0
    end = int(backward[-1]) + 1 if backward.size else maxima.size
    return (first, end) if first < end else (0, maxima.size)


def resample(plane, count, axis):
    have = plane.shape[axis]
    if have == 1:
        return np.repeat(plane, count, axis)
    at = np.arange(count) * (have / count)
    return interp1d(np.arange(have), plane, axis=axis, fill_value="extrapolate")(at)


def resize(plane):
    return resample(resample(plane.astype(float), WIDTH, 1), HEIGHT, 0)


def zscale(image, contrast=0.25):
    """STScI numdisplay's zscale; fitted about the median, so that equal samples have a slope of 0."""
    rows, columns = image.shape
    stride = int(max(1.0, math.sqrt((rows - 1) * (columns - 1) / 1000)))
    samples = image[::stride, ::stride].ravel()
    samples = np.sort(samples[np.isfinite(samples)][:1000])
    n = samples.size
    if n == 0:
        return 0.0, 0.0
    centre = (n - 1) // 2
    median = samples[centre] if n % 2 else 0.5 * (samples[centre] + samples[centre + 1])
    offsets = samples - median
    least = max(5, int(n * 0.5))
    window = np.ones(max(1, int(n * 0.01)), int)
    x = np.arange(n) * (2.0 / (n - 1)) - 1.0 if n > 1 else np.zeros(1)
    bad = np.zeros(n, int)
    good, before, slope = n, n + 1, 0.0
    for _ in range(5):
        if good >= before or good < least:
            break
        before = good
        use = bad == 0
        slope, intercept = np.polyfit(x[use], offsets[use], 1)
        residual = offsets - (slope * x + intercept)
        limit = 2.5 * np.std(residual[use], ddof=1)
        bad[np.abs(residual) > limit] = 1
        bad = np.convolve(bad, window, mode="same")
        good = int((bad == 0).sum())
    if good < least:
        return float(samples[0]), float(samples[-1])
    slope *= 2.0 / (n - 1) / contrast
    return (
        float(max(samples[0], median - (centre - 1) * slope)),
        float(min(samples[-1], median + (n - centre) * slope)),
    )


def scale(image, z1, z2):
    if z2 == z1:
        return np.zeros(image.shape, np.uint8)
    shown = 255 * (np.clip(image, z1, z2) - z1) / (z2 - z1)
    return np.where(np.isfinite(image), shown, 0).astype(np.uint8)


def preprocess(plane):
    oriented, rotated = orient(plane)
    first, end = trim(row_maxima(oriented))
    with np.errstate(invalid="ignore"):
        image = resize(oriented[first:end])
        z1, z2 = zscale(image)
        input_image = scale(image, z1, z2)
    return input_image, {"rotated": rotated, "rowFirst": first, "rowEnd": end, "z1": z1, "z2": z2}


def golden(images, frames):
    """The number of the original's input images that differ from those made here."""
    from astropy.io import fits

    wrong = 0
    entries = json.loads((images / "golden.json").read_text())
    for entry in entries:
        plane = np.squeeze(fits.getdata(frames / entry["frame"], entry["hdu"]))
        input_image, made = preprocess(plane.astype(plane.dtype.newbyteorder("=")))
        wanted = np.load(images / entry["output"]).reshape(HEIGHT, WIDTH)
        made["row_first"], made["row_end"] = made["rowFirst"], made["rowEnd"]
        differences = [
            f"{key} {made[key]}, not {entry[key]}"
            for key in ("rotated", "row_first", "row_end", "z1", "z2")
            if not math.isclose(made[key], entry[key], rel_tol=1e-6)
        ]
        differ = int((np.minimum(input_image, 254) != np.minimum(wanted, 254)).sum())
        if differ:
            differences.append(f"{differ} pixels")
        wrong += bool(differences)
        print(f"{entry['name']:20} {'; '.join(differences) or 'same'}")
    print(f"{len(entries) - wrong} of {len(entries)} the same")
    return wrong


def lines(rng, count, columns, width, tilt=0.0, rows=1):
    """Emission lines at random positions, rows × columns, relative to the strongest."""
    x = np.arange(columns)[None, :] - tilt * np.arange(rows)[:, None]
    light = np.zeros((rows, columns))
    for at, power in zip(rng.uniform(0, columns, count), rng.pareto(1.2, count)):
        light += power * np.exp(-0.5 * ((x - at) / width) ** 2)
    return light / light.max()


def trace(rows, columns, at, width, slope=0.0):
    y = np.arange(rows)[:, None] - at - slope * np.arange(columns)[None, :]
    return np.exp(-0.5 * (y / width) ** 2)


def slit(rows, first, end):
    """1 on the rows that the slit illuminates, else 0."""
    lit = np.zeros((rows, 1))
    lit[first:end] = 1
    return lit


def expose(rng, light, level, noise, hits=0):
    """16-bit counts of light in electrons: Poisson noise, bias level, read noise, cosmic rays."""
    counts = level + rng.poisson(np.maximum(light, 0)) + rng.normal(0, noise, light.shape)
    for _ in range(hits):
        row, column = rng.integers(light.shape[0]), rng.integers(light.shape[1])
        counts[row, column : column + rng.integers(1, 4)] += rng.uniform(500, 20000)
    return np.clip(np.rint(counts), 0, 65535).astype(np.uint16)


def simulate():
    """Yields the name and the plane of each frame."""
    rng = np.random.default_rng(SEED)

    # Dark rows at both ends, two traces, sky lines, cosmic rays.
    rows, columns = 100, 700
    light = slit(rows, 12, 91) * (60 + 900 * lines(rng, 30, columns, 2.0, 0.05, rows))
    light += 2500 * trace(rows, columns, 40, 2.5, 0.01) + 200 * trace(rows, columns, 70, 2.0, 0.01)
    yield "science", expose(rng, light, 1000, 3, hits=60)

    # Spectral axis along the rows of the file, so that step 1 turns it; saturated lines.
    light = slit(80, 5, 76) * 90000 * lines(rng, 40, 660, 1.6, 0.1, 80)
    yield "arc-tall", np.ascontiguousarray(np.rot90(expose(rng, light, 400, 2), -1))

    # Fewer columns and more rows than an input image: extrapolated along the spectral axis.
    rows, columns = 230, 300
    profile = 20000 * np.exp(-(((np.arange(columns) - 170) / 120) ** 2))
    light = slit(rows, 30, 205) * profile
    yield "flat-narrow", expose(rng, light, 950, 3)

    # Square, two amplifiers, no light.
    bias = expose(rng, np.zeros((160, 160)), 1200, 4)
    bias[:, 80:] += 25
    yield "bias-square", bias

    # Calibrated floats with NaN and infinite pixels, a dead row and a dead column.
    rows, columns = 70, 655
    light = slit(rows, 8, 60) * (20 + 400 * lines(rng, 15, columns, 3.0, 0.0, rows))
    plane = (light + rng.normal(0, 4, light.shape) - 2).astype(np.float32)
    plane.ravel()[rng.choice(plane.size, 40, replace=False)] = np.nan
    plane[20, 300], plane[30, 310] = np.inf, -np.inf
    plane[45], plane[:, 500] = np.nan, np.nan
    yield "float-nan", plane

    # A short slit: fewer than 50 rows are kept.
    light = slit(60, 11, 48) * 3000 * np.ones((60, 660))
    yield "few-rows", expose(rng, light, 300, 3)

    # Most pixels equal: the slope of zscale is 0.
    plane = np.full((60, 651), 500, np.uint16)
    plane[25:30, 100:400] = 900
    yield "mostly-equal", plane


def packed(array):
    """Bytes of a gzipped .npy file; 16-bit integers are stored as 32-bit ones."""
    file = io.BytesIO()
    np.save(file, array.astype(np.int32) if array.dtype == np.uint16 else array)
    return gzip.compress(file.getvalue(), 9, mtime=0)


def unpacked(path):
    return np.load(io.BytesIO(gzip.decompress(path.read_bytes())))


def write():
    FIXTURES.mkdir(parents=True, exist_ok=True)
    entries = []
    for name, plane in simulate():
        input_image, made = preprocess(plane)
        (FIXTURES / f"{name}.frame.npy.gz").write_bytes(packed(plane))
        (FIXTURES / f"{name}.input_image.npy.gz").write_bytes(packed(input_image))
        entries.append({"name": name, "pixels": plane.dtype.name, **made})
    (FIXTURES / "index.json").write_text(json.dumps(entries, indent=2) + "\n")
    print(f"{len(entries)} frames, {sum(f.stat().st_size for f in FIXTURES.iterdir())} bytes")


def check():
    """The number of committed fixtures that differ from those made of their frames."""
    wrong = 0
    for entry in json.loads((FIXTURES / "index.json").read_text()):
        name = entry["name"]
        plane = unpacked(FIXTURES / f"{name}.frame.npy.gz").astype(entry["pixels"])
        input_image, made = preprocess(plane)
        same = np.array_equal(input_image, unpacked(FIXTURES / f"{name}.input_image.npy.gz"))
        same &= all(np.isclose(made[key], entry[key], rtol=1e-9) for key in made)
        wrong += not same
        print(f"{name:20} {'same' if same else 'DIFFERS'}")
    return wrong


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    add = options.add_argument
    add("--check", action="store_true", help="compare with the committed fixtures")
    add("--golden", type=Path, metavar="DIR", help="folder of the original's input images")
    add("--frames", type=Path, metavar="DIR", help="folder of the frames that they were made from")
    chosen = options.parse_args()
    if (chosen.golden is None) != (chosen.frames is None):
        options.error("--golden and --frames go together")
    if chosen.golden:
        return golden(chosen.golden, chosen.frames)
    if chosen.check:
        return check()
    write()
    return 0


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
