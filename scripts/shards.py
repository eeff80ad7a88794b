"""Dataset shards, as `deno task dataset` writes them (docs/dataset.md)."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

TYPES = ("bias", "dark", "arc", "flat", "standard", "science")
OTHER = 255


@dataclass(frozen=True)
class Row:
    """One picture and what is known of it."""

    picture: np.ndarray  # uint8 [210, 650], a view into the shard on disk
    statistics: np.ndarray  # float32 [S], of the raw frame
    label: int  # index in TYPES, or OTHER
    split: str  # train | validation
    source: str  # simulated | real
    name: str
    instrument: str
    night: str
    confidence: str

    @property
    def spectrograph(self) -> str:
        """Arms of one spectrograph share what stands before the hyphen."""
        return self.instrument.split("-")[0]


def read_shards(folders: list[Path]) -> list[Row]:
    """All rows of some datasets, in their order; pictures stay on disk."""
    rows = []
    for folder in folders:
        shards: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
        with open(folder / "index.csv", newline="") as file:
            for entry in csv.DictReader(file):
                number = f"{int(entry['shard']):04d}"
                if number not in shards:
                    shards[number] = (
                        np.load(folder / f"pictures-{number}.npy", mmap_mode="r"),
                        np.load(folder / f"statistics-{number}.npy"),
                        np.load(folder / f"labels-{number}.npy"),
                    )
                pictures, statistics, labels = shards[number]
                row = int(entry["row"])
                fields = ("split", "source", "name", "instrument", "night", "confidence")
                rows.append(
                    Row(
                        pictures[row],
                        statistics[row],
                        int(labels[row]),
                        **{key: entry[key] for key in fields},
                    )
                )
    return rows
