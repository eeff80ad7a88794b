"""Command line: python -m spit_train COMMAND."""

import argparse
import sys
from pathlib import Path

from spit_train import TrainingError
from spit_train.calibration import calibrate
from spit_train.combination import combine
from spit_train.finetuning import finetune
from spit_train.networks import NETWORKS
from spit_train.paper import train_paper
from spit_train.paper_export import export_paper
from spit_train.reproduction import reproduce
from spit_train.training import train


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("spit_train", description="Train the networks of SPIT.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    define_train(commands)
    define_combine(commands)
    define_reproduce(commands)
    define_finetune(commands)
    define_calibrate(commands)
    define_train_paper(commands)
    define_export_paper(commands)
    options = parser.parse_args(arguments)
    if getattr(options, "blend", 1) != 1 and not options.start:
        parser.error("--blend needs --start, the weights to blend with")
    return options


def define_train(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("train", help="train a network, export it, write its card")
    command.set_defaults(run=train)
    add_datasets(command)
    add = command.add_argument
    add("--network", choices=NETWORKS, default="spit-compact")
    add("--version", default="0.3.0", help="version of the model, for its card")
    add("--out", type=Path, help="folder for the .onnx, its card and its weights")
    add("--save", type=Path, help="file for the weights alone, to start another training from")
    add("--start", type=Path, help="weights to start from")
    add("--blend", type=float, default=1.0, help="share of the new weights; the rest is --start's")
    add("--checkpoint", type=Path, help="file to write after each epoch and to continue from")
    add("--only-simulated", action="store_true", help="leave real frames out")
    add("--hold-out", type=Path, help="names of the real frames to hold out, one a line")
    add("--thresholds", type=Path, help="temperature and thresholds that `calibrate --out` wrote")
    add("--epochs", type=int, default=14)
    add("--images", type=int, default=9000, help="images drawn for each epoch (default: 9000)")
    add("--batch", type=int, default=32)
    add("--rate", type=float, default=3e-3, help="highest learning rate (default: 0.003)")
    add("--real-share", type=float, default=0.5, help="share of real frames of each type")
    add("--ood-share", type=float, default=0.12, help="share of out-of-distribution frames")
    add("--crop-share", type=float, default=0.5, help="share of images cropped and stretched")
    add("--smallest-window", type=float, default=0.6, help="smallest crop, as a share of each axis")
    add("--noise-share", type=float, default=0.3, help="share of images with noise added")
    add("--hidden-features", type=float, default=0.2, help="share of features hidden")
    text = "weight of the cross-entropy of the kinds of light (default: 0)"
    add("--kinds-weight", type=float, default=0.0, help=text)
    add("--seed", type=int, default=1)
    add_threads(command)


def define_combine(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "combine", help="make one model whose output is the mean of several trained networks"
    )
    command.set_defaults(run=combine)
    add_datasets(command)
    add = command.add_argument
    text = "weights of a member; may be repeated"
    add("--member", action="append", required=True, type=Path, metavar="FILE", help=text)
    add("--name", default="spit-compact", help="name of the model (default: spit-compact)")
    add("--version", default="0.4.0", help="version of the model, for its card")
    add("--out", type=Path, required=True, help="folder for the .onnx, its card and its weights")
    add("--only-simulated", action="store_true", help="no member was trained on a real frame")
    add("--hold-out", type=Path, help="names of the real frames that no member was trained on")
    text = "file that `calibrate --out` wrote (default: settings from held-out simulated frames)"
    add("--thresholds", type=Path, help=text)
    add_threads(command)


def define_reproduce(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "reproduce", help="make spit-compact from nothing: datasets, members, thresholds, model"
    )
    command.set_defaults(run=reproduce)
    add = command.add_argument
    add("--out", type=Path, required=True, help="folder for everything; continues in it")
    add("--manifest", type=Path, help="labelled real frames, for the cross-validation")
    add("--quick", action="store_true", help="a few hundred frames and one epoch, as a trial")
    add_threads(command)


def define_finetune(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("finetune", help="adapt a model to your own labelled frames")
    command.set_defaults(run=finetune)
    add = command.add_argument
    add("model", help="name of a model in models/, or the path of its card")
    add("--manifest", type=Path, required=True, help="label manifest, CSV")
    add("--out", type=Path, required=True, help="folder of the new model, which gets its name")
    add_threads(command)


def define_calibrate(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "calibrate", help="choose temperature and thresholds from a cross-validation"
    )
    command.set_defaults(run=calibrate)
    add = command.add_argument
    add("work", type=Path, help="folder of the cross-validation")
    add("--network", default="spit-compact")
    add("--out", type=Path, help="file for the settings chosen on all folds")


def define_train_paper(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("train-paper", help="train the paper's network on Kast frames")
    command.set_defaults(run=train_paper)
    add_datasets(command)
    add = command.add_argument
    add("--out", type=Path, required=True, help="folder for best.pt and checkpoint.pt")
    add("--start", type=Path, help="weights to start from")
    add("--epochs", type=float, default=10, help="passes over all flips of all frames")
    add("--minutes", type=float, help="stop after this time; run again to continue")
    add("--validate-every", type=int, default=40, help="batches between validations")
    add("--validation-frames", type=int, default=150, help="simulated frames to validate on")
    add("--real-copies", type=int, default=10, help="copies of each real frame")
    add("--seed", type=int, default=1)
    add_threads(command)


def define_export_paper(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "export-paper", help="export the paper's network in 8 bits, write its card"
    )
    command.set_defaults(run=export_paper)
    add_datasets(command)
    add = command.add_argument
    add("--run", dest="folder", type=Path, required=True, help="--out of train-paper")
    add("--test", type=Path, required=True, help="dataset of simulated frames not used before")
    add("--out", type=Path, required=True, help="folder for spit-paper.onnx and its card")
    add("--version", default="1.0.0", help="version of the model, for its card")
    add_threads(command)


def add_datasets(command: argparse.ArgumentParser) -> None:
    text = "folder that `deno task dataset` wrote; may be repeated"
    command.add_argument("--dataset", type=Path, action="append", required=True, help=text)


def add_threads(command: argparse.ArgumentParser) -> None:
    command.add_argument("--threads", type=int, help="threads of the processor (default: all)")


def main(arguments: list[str] | None = None) -> int:
    options = parse_arguments(arguments)
    try:
        options.run(options)
    except TrainingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
