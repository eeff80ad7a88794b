"""Types frames in Python, as the toolkit does: the peer that the benchmark runs beside it.

The best that we could write with what astronomers use: astropy.io.fits,
astropy.stats.sigma_clip, numpy, bottleneck, onnxruntime and a process pool.

    pip install -r scripts/peer/requirements.txt
    python scripts/peer/classify.py night/ --model models/spit-compact.json --workers 2

Prints one JSON object a frame, in the order of the input, with the keys of the
toolkit's `--format ndjson` but those of the header.
"""

import argparse
import ctypes
import json
import os
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from frame_statistics import frame_statistics
from network import Network
from picture import orient, picture_of, views_of
from read_frames import find_frames, read_planes
from stopwatch import Stopwatch, process_start, since_boot, timing_of

# Of glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3

network: Network


def open_network(card_path: str) -> None:
    """In each process of the pool; what is imported above it has by the fork."""
    global network
    keep_memory()
    network = Network(card_path)


def keep_memory() -> None:
    """Has glibc keep what numpy frees, for the next array.

    Else it goes back to the system, whose fresh pages are zeroed first: a sixth of a frame's
    time. Other C libraries do as they do.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, 2**25)
        mallopt(M_TRIM_THRESHOLD, 2**30)


def type_file(path: str) -> tuple[dict, dict[str, float]]:
    """The row of a file, and the milliseconds that each stage took."""
    stopwatch = Stopwatch()
    try:
        row = {"file": path, **verdict_of(path, stopwatch), "model": network.id, "error": None}
    except Exception as error:  # noqa: BLE001 -- what goes wrong with a file belongs in its row
        row = {"file": path, "type": None, "confidence": None, "reason": None, "votes": {}}
        row |= {"probabilities": {}, "strangeness": None, "hdus": [], "model": network.id}
        row |= {"error": {"code": type(error).__name__, "message": str(error)}}
    return row, stopwatch.stages


def verdict_of(path: str, stopwatch: Stopwatch) -> dict:
    """All image HDUs of a file vote together."""
    hdus, probabilities, strangenesses = [], [], []
    for number, plane in read_planes(path, stopwatch):
        oriented = orient(plane)
        views = views_of(picture_of(oriented, stopwatch), network.views)
        measured = None
        if "statistics" in network.card:
            # The statistics know a turned frame by its transpose: no slit is upside down.
            measured = frame_statistics(oriented if oriented is plane else oriented[::-1])
            stopwatch.lap("statistics")
        output = network.run(views, measured)
        stopwatch.lap("inference")
        hdus.append(number)
        probabilities.append(output[0])
        strangenesses.append(output[1])
    if not hdus:
        raise ValueError("no HDU of the file holds an image")
    return {
        **network.vote(np.concatenate(probabilities), np.concatenate(strangenesses)),
        "hdus": hdus,
    }


def rows(paths: list[str], card_path: str, workers: int) -> Iterator[tuple[dict, dict]]:
    if workers == 1:
        open_network(card_path)
        yield from map(type_file, paths)
        return
    # Forked after the imports, so that they are paid for once; one frame a task, for it
    # takes a hundred times longer than to hand it over.
    context = get_context("fork")
    with context.Pool(workers, open_network, (card_path,)) as pool:
        yield from pool.imap(type_file, paths, chunksize=1)
        pool.close()
        pool.join()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("frames", nargs="+", metavar="FILE_OR_FOLDER")
    options.add_argument("--model", required=True, metavar="CARD.json")
    options.add_argument("--workers", type=int, default=os.cpu_count(), metavar="N")
    options.add_argument("--timing", type=Path, metavar="FILE.json", help="write how long it took")
    chosen = options.parse_args()
    started = process_start()
    paths = list(find_frames(chosen.frames))
    if not paths:
        options.error("no frames there")
    workers = max(1, min(chosen.workers, len(paths)))
    seen, stages = [], []
    for row, laps in rows(paths, chosen.model, workers):
        print(json.dumps(row, separators=(",", ":"), ensure_ascii=False), flush=True)
        seen.append(since_boot())
        stages.append(laps)
    if chosen.timing:
        timing = {"workers": workers, **timing_of(started, seen, stages)}
        chosen.timing.write_text(json.dumps(timing, indent=2) + "\n")


if __name__ == "__main__":
    main()
