"""Writes the files of tests/fixtures/fits, with the pixels that astropy reads from them.

    python scripts/oracle/make_fixtures.py tests/fixtures/fits

Needs numpy and astropy. All pixels are generated from a fixed seed.

`expected.json` lists, for each file and image HDU, the data type and shape that
astropy returns and the index of its first pixel in `expected.f64.gz`, which contains
all pixels as little-endian float64. For `cards.fits.gz` it lists the card values.
"""

import bz2
import gzip
import itertools
import json
import sys
import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
from astropy.io import fits

HEIGHT, WIDTH = 11, 23
RANDOM = np.random.default_rng(2018)


def noise(dtype, low=None, high=None) -> np.ndarray:
    """Returns pixels over the whole range of an integer type, including its limits."""
    limits = np.iinfo(dtype)
    low, high = low or limits.min, high or limits.max
    pixels = RANDOM.integers(low, high, (HEIGHT, WIDTH), dtype, endpoint=True)
    pixels.flat[:2] = low, high
    return pixels


def smooth(dtype) -> np.ndarray:
    """Returns a low-entropy frame with constant rows, which Rice compresses well."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    pixels = 90 + x + 3 * (y % 4) + RANDOM.integers(0, 3, (HEIGHT, WIDTH))
    pixels[2] = 77
    return pixels.astype(dtype)


def sky(dtype) -> np.ndarray:
    """Returns noisy floats with exact zeros and one row without noise."""
    pixels = RANDOM.normal(100, 5, (HEIGHT, WIDTH))
    pixels[3, 4:9] = 0
    pixels[5] = 12.25
    return pixels.astype(dtype)


def write_hdus(hdus) -> bytes:
    """Returns HDUs as bytes, without astropy's verification and corrections."""
    stream = BytesIO()
    fits.HDUList(hdus).writeto(stream, output_verify="ignore")
    return stream.getvalue()


def write_scaled(pixels, **cards) -> bytes:
    """Returns an extension as bytes, with BSCALE, BZERO or BLANK inserted after writing."""
    content = write_hdus([fits.PrimaryHDU(), fits.ImageHDU(pixels)])[2880:]
    text = "".join(str(fits.Card(key, value)) for key, value in cards.items())
    end = content.index(b"END" + b" " * 77)
    header = content[:end] + text.encode() + content[end : end + 80]
    return header.ljust(2880) + content[2880:]


def bitpix() -> bytes:
    unscaled = [
        fits.PrimaryHDU(noise(np.int16)),
        *(fits.ImageHDU(noise(t)) for t in (np.uint8, np.int8, np.uint16, np.int32, np.uint32)),
        fits.ImageHDU(noise(np.int64, -(2**53), 2**53)),
        fits.ImageHDU(noise(np.uint64, 1, 2**53)),
        fits.ImageHDU(sky(np.float32)),
        fits.ImageHDU(np.where(sky(np.float64) > 100, np.nan, sky(np.float64))),
        fits.ImageHDU(smooth(np.uint16).reshape(1, 1, HEIGHT, WIDTH)),
    ]
    scaled = [
        write_scaled(noise(np.uint8), BSCALE=0.1, BZERO=3.7),
        write_scaled(noise(np.int16), BSCALE=0.505913554237723, BZERO=16620.6760975095),
        write_scaled(noise(np.int32), BSCALE=1.0e-3, BZERO=0.25),
        write_scaled(sky(np.float32), BSCALE=0.3, BZERO=-7.0),
        write_scaled(smooth(np.int16), BLANK=77),
        write_scaled(smooth(np.int32), BLANK=77, BSCALE=2.0),
        write_scaled(smooth(np.int16), BZERO=100.0),
    ]
    return write_hdus(unscaled) + b"".join(scaled)


def integers() -> bytes:
    tiles = dict(tile_shape=(4, 7))
    hdus = [
        fits.CompImageHDU(pixels(dtype), compression_type="RICE_1", **shape)
        for dtype in (np.uint8, np.int16, np.uint16, np.int32, np.uint32)
        for pixels, shape in ((smooth, {}), (noise, tiles))
    ]
    hdus += [
        fits.CompImageHDU(noise(dtype), compression_type=name, **tiles)
        for dtype in (np.uint8, np.uint16, np.int32)
        for name in ("GZIP_1", "GZIP_2", "NOCOMPRESS")
    ]
    hdus += [
        fits.CompImageHDU(noise(np.int64, -(2**53), 2**53), compression_type="GZIP_1"),
        fits.CompImageHDU(smooth(np.int16)[None], compression_type="RICE_1"),
    ]
    return write_hdus([fits.PrimaryHDU(), *hdus])


def floats() -> bytes:
    hdus = []
    for dtype in (np.float32, np.float64):
        for method, name in itertools.product((-1, 1, 2), ("RICE_1", "GZIP_2")):
            pixels = sky(dtype)
            pixels[7, 3] = np.nan
            options = dict(compression_type=name, quantize_method=method, quantize_level=16)
            hdus.append(fits.CompImageHDU(pixels, dither_seed=9997, tile_shape=(1, 23), **options))
        hdus += [
            fits.CompImageHDU(sky(dtype), compression_type=name, quantize_level=0)
            for name in ("GZIP_1", "NOCOMPRESS")
        ]
    # A tile of more than 10,000 pixels uses the whole random sequence and starts again.
    wide = RANDOM.normal(0, 1, (101, 103)).astype(np.float32)
    options = dict(compression_type="RICE_1", quantize_method=1, dither_seed=9997)
    hdus.append(fits.CompImageHDU(wide, tile_shape=wide.shape, **options))
    return write_hdus([fits.PrimaryHDU(), *hdus])


def transforms() -> bytes:
    """Returns HCOMPRESS_1 images, exact and lossy, and PLIO_1 masks."""
    hcompress = dict(compression_type="HCOMPRESS_1", tile_shape=(HEIGHT, WIDTH))
    hdus = [
        fits.CompImageHDU(smooth(dtype), **hcompress, hcomp_scale=scale)
        for dtype in (np.uint8, np.int16, np.uint16, np.int32)
        for scale in (0, 4)
    ]
    y, x = np.mgrid[:64, :50]
    waves = (3000 * np.sin(x / 7) * np.cos(y / 9) + RANDOM.normal(0, 9, x.shape)).astype(np.int32)
    hdus += [
        fits.CompImageHDU(waves, compression_type="HCOMPRESS_1", tile_shape=(16, 50)),
        fits.CompImageHDU(waves, compression_type="HCOMPRESS_1", tile_shape=(16, 25), hcomp_scale=9),
        fits.CompImageHDU(np.full((8, 9), -7, np.int16), compression_type="HCOMPRESS_1"),
        fits.CompImageHDU(sky(np.float32), **hcompress, quantize_method=1, dither_seed=9997),
    ]
    mask = np.where(RANDOM.random((9, 5000)) < 0.01, RANDOM.integers(0, 120, (9, 5000)), 0)
    mask[3:5, 100:4900] = 7
    mask[8] = 0
    hdus += [
        fits.CompImageHDU(mask.astype(dtype), compression_type="PLIO_1", tile_shape=tile)
        for dtype, tile in ((np.uint8, (1, 5000)), (np.int16, (3, 5000)), (np.int32, (9, 700)))
    ]
    return write_hdus([fits.PrimaryHDU(), *hdus])


def make_tile_table(columns, **cards) -> fits.BinTableHDU:
    table = fits.BinTableHDU.from_columns(columns)
    structure = dict(
        ZIMAGE=True, ZCMPTYPE="RICE_1", ZNAXIS=2, ZNAXIS1=WIDTH, ZNAXIS2=HEIGHT,
        ZTILE1=WIDTH, ZTILE2=1,
    )  # fmt: skip
    for key, value in (structure | cards).items():
        table.header[key] = value
    return table


def columns() -> bytes:
    """Returns table layouts that exist in archives but that astropy does not write."""
    single = sky(np.float32).astype(">f4")
    empty = [np.array([], np.uint8)] * HEIGHT
    plain = make_tile_table(
        [
            fits.Column("COMPRESSED_DATA", "1PB()", array=np.array(empty + [0], object)[:-1]),
            fits.Column("UNCOMPRESSED_DATA", "1PE()", array=np.array(list(single), object)),
        ],
        ZBITPIX=-32,
    )
    wide = smooth(np.int16).astype(">i2")
    row_bytes = [np.frombuffer(row.tobytes(), np.uint8) for row in wide]
    rows = np.array(row_bytes + [0], object)[:-1]
    column = fits.Column("COMPRESSED_DATA", "1QB()", array=rows)
    long = make_tile_table([column], ZBITPIX=16, ZCMPTYPE="NOCOMPRESS")
    return write_hdus([fits.PrimaryHDU(), plain, long])


def cards() -> bytes:
    header = fits.Header()
    header["OBJECT"] = "O'NEILL / 3C 273 'x'"
    header["HIERARCH ESO DPR TYPE"] = ("LAMP,FLAT / x", "observation type")
    header["HIERARCH ESO DET OUT1 CONAD"] = (1.25, "[e-/ADU]")
    header["LONGSTR"] = ("It's a long text, / with slashes & ampersands; " * 4, "and a comment")
    header["EXPTIME"] = (1.5e-3, "[s]")
    header["NEGATIVE"] = -12
    header["SHUTTER"] = True
    header["LAMP"] = False
    header["NOVALUE"] = None
    header["BLANKS"] = ""
    header["HISTORY"] = "made = by / hand"
    for i in range(700):
        header[f"KEY{i}"] = i
    return write_hdus([fits.PrimaryHDU(np.arange(6, dtype=np.uint16).reshape(2, 3), header)])


def describe_images(path: Path, pixels: list[np.ndarray]) -> list[dict]:
    entries = []
    with fits.open(path) as hdus:
        for index, hdu in enumerate(hdus):
            if hdu.data is None or not hdu.is_image:
                continue
            plane = hdu.data.reshape(hdu.data.shape[-2:])
            height, width = plane.shape
            entry = {"hdu": index, "type": plane.dtype.name, "width": width, "height": height}
            entries.append({**entry, "start": sum(map(len, pixels))})
            pixels.append(plane.astype("<f8").ravel())
    return entries


def read_cards(path: Path) -> dict:
    skipped = ("", "COMMENT", "HISTORY")
    header = fits.getheader(path)
    return {
        card.keyword: None if isinstance(card.value, fits.card.Undefined) else card.value
        for card in header.cards
        if card.keyword not in skipped
    }


def main(folder: Path) -> None:
    warnings.simplefilter("ignore")
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "bitpix.fits.gz": gzip.compress(bitpix(), mtime=0),
        "integers.fits.bz2": bz2.compress(integers()),
        "floats.fits.gz": gzip.compress(floats(), mtime=0),
        "columns.fits": columns(),
        "cards.fits.gz": gzip.compress(cards(), mtime=0),
        "transforms.fits.gz": gzip.compress(transforms(), mtime=0),
    }
    expected, pixels = {}, []
    for name, content in files.items():
        path = folder / name
        path.write_bytes(content)
        expected[name] = describe_images(path, pixels)
    expected["cards"] = read_cards(folder / "cards.fits.gz")
    compressed = gzip.compress(np.concatenate(pixels).tobytes(), mtime=0)
    (folder / "expected.f64.gz").write_bytes(compressed)
    (folder / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
