"""Classifies frames in Python: the peer that the benchmark compares with.

It is tuned, and uses what astronomers use: astropy.io.fits, astropy.stats.sigma_clip,
numpy, bottleneck, onnxruntime and a process pool.

    pip install -r scripts/peer/requirements.txt
    python scripts/peer/classify.py night/ --model models/spit-compact.json --workers 2

Prints one JSON object per frame, in the order of the input, with the keys of
`cli.ts --format ndjson` except those about the header.
"""

import argparse
import ctypes
import json
import os
from collections.abc import Iterator
from multiprocessing import get_context

import numpy as np
from features import compute_features
from input_image import make_flips, make_input_image, orient
from network import Network
from read_frames import find_frames, read_planes

# From glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3

network: Network


def open_network(card_path: str) -> None:
    """Runs first in each process of the pool; imports are inherited by the fork."""
    global network
    keep_freed_memory()
    network = Network(card_path)


def keep_freed_memory() -> None:
    """Makes glibc keep the memory that numpy frees.

    Memory returned to the system comes back as pages that must be zeroed, which takes a sixth
    of the time of a frame.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, 2**25)
        mallopt(M_TRIM_THRESHOLD, 2**30)


def classify_file(path: str) -> dict:
    try:
        return {"file": path, **classify_planes(path), "model": network.id, "error": None}
    except Exception as error:  # noqa: BLE001 -- any fault of a file belongs in its row
        row = {"file": path, "type": None, "probability": None, "reason": None, "pixels": None}
        row |= {"hdus": [], "model": network.id}
        return row | {"error": {"code": type(error).__name__, "message": str(error)}}


def classify_planes(path: str) -> dict:
    """Classifies all image HDUs of a file together."""
    hdus, probabilities, scores = [], [], []
    for number, plane in read_planes(path):
        oriented = orient(plane)
        flips = make_flips(make_input_image(oriented), network.flips)
        features = None
        if "features" in network.card:
            # Features of a rotated frame are those of its transpose, which is not mirrored.
            features = compute_features(oriented if oriented is plane else oriented[::-1])
        output = network.run(flips, features)
        hdus.append(number)
        probabilities.append(output[0])
        scores.append(output[1])
    if not hdus:
        raise ValueError("no HDU of the file holds an image")
    return {**network.vote(np.concatenate(probabilities), np.concatenate(scores)), "hdus": hdus}


def classify_files(paths: list[str], card_path: str, workers: int) -> Iterator[dict]:
    if workers == 1:
        open_network(card_path)
        yield from map(classify_file, paths)
        return
    # Forking after the imports pays for them once.
    context = get_context("fork")
    with context.Pool(workers, open_network, (card_path,)) as pool:
        yield from pool.imap(classify_file, paths, chunksize=1)
        pool.close()
        pool.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("frames", nargs="+", metavar="FILE_OR_FOLDER")
    parser.add_argument("--model", required=True, metavar="CARD.json")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), metavar="N")
    options = parser.parse_args()
    paths = list(find_frames(options.frames))
    if not paths:
        parser.error("there are no frames")
    workers = max(1, min(options.workers, len(paths)))
    for row in classify_files(paths, options.model, workers):
        print(json.dumps(row, separators=(",", ":"), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
