"""Reads .pypeit files with PypeIt, and repeats the first steps of run_pypeit.

    python -m pip install pypeit==2.0.1
    python scripts/oracle/check_pypeit.py FOLDER

Checks for each file below FOLDER that PypeIt parses it, finds every frame under its
name, knows the spectrograph and the frame types, builds its metadata table from the file
and the frames' headers, and finds one configuration. Prints the keys of a configuration
in which PypeIt does not compare frames of the spectrograph. The frames must be as the
telescope wrote them: plain FITS, except for Goodman's .fz.

With the files of `deno run -A scripts/oracle/write_pypeit.ts FOLDER`, whose frames are
empty, no table is built.
"""

import sys
import warnings
from pathlib import Path

from astropy.coordinates import EarthLocation

# PypeIt looks up observatory coordinates online. They do not affect these checks.
EarthLocation.of_site = lambda *_, **__: EarthLocation.from_geodetic(0, 0)

from pypeit.core.framematch import FrameTypeBitMask
from pypeit.inputfiles import PypeItFile
from pypeit.metadata import PypeItMetaData
from pypeit.spectrographs.util import load_spectrograph


def read_file(path):
    file = PypeItFile.from_file(str(path))
    frames = file.filenames
    known_types = set(FrameTypeBitMask().keys())
    for row, frame in zip(file.data, frames, strict=True):
        assert row["filename"] == Path(frame).name, row["filename"]
        assert set(row["frametype"].split(",")) <= known_types, row["frametype"]
    lines = path.read_text().split("data read")[1].split("\n")
    rows = [line for line in lines if "|" in line and not line.startswith("#")]
    spectrograph = load_spectrograph(file.config["rdx"]["spectrograph"])
    # PypeIt removes the indentation, so that the keys are beside the name of the setup.
    keys = {key for key in file.setup if not key.startswith("Setup")}
    if other := keys - set(spectrograph.configuration_keys()):
        print(f"{path.stem}: keys that PypeIt does not compare: {', '.join(sorted(other))}")
    # PypeIt silently drops rows whose number of columns differs from the heading's.
    assert len(rows) - 1 == len(frames), "PypeIt dropped rows"
    return file, frames


def count_configurations(file, frames):
    """Counts the configurations that PypeIt finds in the headers of the frames."""
    spectrograph = load_spectrograph(file.config["rdx"]["spectrograph"])
    par = spectrograph.default_pypeit_par()
    table = PypeItMetaData(spectrograph, par, files=frames, usrdata=file.data.copy())
    table.finalize_usr_build(file.frametypes, file.setup_name)
    headers = PypeItMetaData(spectrograph, par, files=frames, strict=False)
    independent = set(spectrograph.config_independent_frames())
    configurations = []
    for k, types in enumerate(file.data["frametype"]):
        if set(types.split(",")) & independent:
            continue
        new = headers.get_configuration(k)
        if not any(spectrograph.same_configuration([old, new]) for old in configurations):
            configurations.append(new)
    return len(configurations)


def main(folder):
    paths = sorted(Path(folder).rglob("*.pypeit"))
    frame_count = table_count = 0
    spectrographs = set()
    for path in paths:
        file, frames = read_file(path)
        frame_count += len(frames)
        spectrographs.add(file.config["rdx"]["spectrograph"])
        if not frames:
            print(f"{path.stem}: no classified frame")
            continue
        if not any(Path(frame).stat().st_size for frame in frames):
            continue
        try:
            configurations = count_configurations(file, frames)
        except Exception as error:  # noqa: BLE001 - any exception of PypeIt is a result
            print(f"{path.stem}: no table: {type(error).__name__}: {error}")
            continue
        table_count += 1
        print(f"{path.stem}: {len(frames)} frames, {configurations} configurations")
    print(
        f"{len(paths)} files and {frame_count} frames of {len(spectrographs)} spectrographs read, "
        f"{table_count} tables built"
    )


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1])
