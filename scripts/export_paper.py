"""Export the paper's network with its dense layer in 8 bits, and write its card.

    python scripts/export_paper.py --run data/paper --out models \\
      --dataset data/kast --dataset data/real --test data/kast-test

Fails when the exported network gives any evaluation view another type than its
float32 self, or a probability more than 0.01 away. Evaluation views are the four
flips of every held-out real Kast frame and of every frame of `--test`, which no
earlier step has seen. The temperature is fitted on the simulated validation frames
that did not choose the weights.
"""

import argparse
import hashlib
import json
import subprocess
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from export import OPSET, forget_origins
from networks import PICTURE_HEIGHT, PICTURE_WIDTH
from paper_network import CLASSES, Probabilities, SpitPaper, example_views
from paper_pictures import class_of, typed_rows
from paper_scores import PAPERS, scores_of, temperature_of
from quantise import store_in_bytes
from scores import four_views
from shards import Row, read_shards

TOLERANCE = 0.01
LARGEST = 75_000_000
MAPS = 64


def options_of() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--run", type=Path, required=True, help="what train_paper.py wrote")
    parser.add_argument("--dataset", type=Path, action="append", required=True)
    parser.add_argument("--test", type=Path, required=True, help="fresh simulated frames")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--threads", type=int, help="of the processor; all when left out")
    return parser.parse_args()


def main() -> None:
    options = options_of()
    if options.threads:
        torch.set_num_threads(options.threads)
    trained = json.loads((options.run / "best.json").read_text())
    network = SpitPaper().eval()
    network.load_state_dict(torch.load(options.run / "best.pt", weights_only=True))

    every = read_shards(options.dataset)
    rows = [row for row in typed_rows(every) if row.split != "train"]
    simulated = [row for row in rows if row.source == "simulated"]
    frames = {
        "real_held_out_nights": [row for row in rows if row.source == "real"],
        "simulated": typed_rows(read_shards([options.test])),
    }
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "spit-paper.onnx"
    export_in_bytes(network, path)
    session = open_session(path, options.threads)
    scores, worst = {}, 0.0
    for name, some in frames.items():
        told, difference = compared(network, session, some)
        worst = max(worst, difference)
        scores[name] = scores_of(told, np.array([class_of(row) for row in some]))
    views = 4 * sum(map(len, frames.values()))
    print(f"{views} views: same types; probabilities within {worst:.5f} of float32", flush=True)
    print(json.dumps(scores, indent=2), flush=True)
    fitted = simulated[trained["validation_frames"] :]
    probabilities = np.stack([run(session, row) for row in fitted])
    classes = np.array([class_of(row) for row in fitted])
    unseen = {
        f"{row.instrument}/{row.night}"
        for row in every
        if row.source == "real" and row.split != "train"
    }
    write_card(
        path,
        version=options.version,
        temperature=temperature_of(probabilities, classes),
        training={
            **trained,
            "batches_run": batches_run(options.run),
            "optimiser": "Adam",
            "split": {"seed": "8", "instruments": 0, "nights": 0.25},
            "held_out_nights": sorted(unseen),
            "calibrated_on": f"{len(fitted)} simulated frames",
            "commit": commit(),
        },
        parameters=sum(weights.numel() for weights in network.parameters()),
        eight_bits={
            "layer": "dense1",
            "views_compared": views,
            "largest_difference_of_a_probability": round(worst, 5),
        },
        scores={**scores, "papers_own": PAPERS},
    )


def batches_run(folder: Path) -> int:
    """How far training went; the weights kept may be earlier ones."""
    return torch.load(folder / "checkpoint.pt", weights_only=True, mmap=True)["step"]


def export_in_bytes(network: SpitPaper, path: Path) -> None:
    """Write the network, softmax in the graph, the first dense layer in 8 bits."""
    batch = torch.export.Dim("views", min=1)
    torch.onnx.export(
        Probabilities(network).eval(),
        (example_views(2),),
        path,
        input_names=["views"],
        output_names=["probabilities"],
        dynamic_shapes={"views": {0: batch}},
        opset_version=OPSET,
        external_data=False,
        dynamo=True,
        verbose=False,
    )
    model = onnx.load(path)
    store_in_bytes(model, network.dense1.weight.detach().numpy(), MAPS)
    onnx.save(model, path)
    forget_origins(path)
    onnx.checker.check_model(str(path))
    if path.stat().st_size > LARGEST:
        raise SystemExit(f"{path} has {path.stat().st_size} bytes, more than {LARGEST}")


def write_card(path: Path, version: str, temperature: float, **told: object) -> None:
    """Write the card beside the network: what code needs first, then what a reader asks."""
    card = {
        "name": path.stem,
        "version": version,
        "onnx": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "classes": CLASSES,
        "input": {"name": "views", "type": "uint8", "shape": ["N", PICTURE_HEIGHT, PICTURE_WIDTH]},
        "output": {"name": "probabilities"},
        "preprocessing": 1,
        "vote": {"views": 4, "majority": 0.75},
        "temperature": temperature,
        "thresholds": {"confidence": 0},
        "opset": OPSET,
        **told,
    }
    path.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n")


def open_session(path: Path, threads: int | None) -> onnxruntime.InferenceSession:
    chosen = onnxruntime.SessionOptions()
    chosen.intra_op_num_threads = threads or 0
    return onnxruntime.InferenceSession(path, chosen, providers=["CPUExecutionProvider"])


def compared(
    network: SpitPaper, session: onnxruntime.InferenceSession, rows: list[Row]
) -> tuple[np.ndarray, float]:
    """What the exported network says of frames, [frames, 4, 5], and how far off it is."""
    told, worst = [], 0.0
    for row in rows:
        there = run(session, row)
        with torch.no_grad():
            logits = network(torch.from_numpy(four_views(np.asarray(row.picture))))
        here = torch.softmax(logits, 1).numpy()
        worst = max(worst, float(np.abs(there - here).max()))
        if worst > TOLERANCE or (there.argmax(1) != here.argmax(1)).any():
            raise SystemExit(f"{row.name}: in 8 bits {there}, in float32 {here}")
        told.append(there)
    return np.stack(told), worst


def run(session: onnxruntime.InferenceSession, row: Row) -> np.ndarray:
    """Probabilities of the four views of a frame, float32 [4, 5]."""
    return session.run(None, {"views": four_views(np.asarray(row.picture))})[0]


def commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
