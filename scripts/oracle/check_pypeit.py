"""
Reads .pypeit files with PypeIt itself, and does what run_pypeit begins with.

    python -m pip install pypeit==2.0.1
    python scripts/oracle/check_pypeit.py FOLDER

Checks of each file that PypeIt takes it, finds every frame that is named there under
that name, knows the spectrograph and the types, builds its table of metadata from the
files and ours, and sees one configuration in it. The frames must be as the telescope
wrote them (plain FITS, but Goodman's .fz).
"""

import sys
import warnings
from pathlib import Path

from astropy.coordinates import EarthLocation

# PypeIt looks its telescopes up in a list on the network; here they do not matter.
EarthLocation.of_site = lambda *_, **__: EarthLocation.from_geodetic(0, 0)

from pypeit.core.framematch import FrameTypeBitMask
from pypeit.inputfiles import PypeItFile
from pypeit.metadata import PypeItMetaData
from pypeit.spectrographs.util import load_spectrograph


def read(path):
    """The file as PypeIt has it, and the paths of its frames."""
    file = PypeItFile.from_file(str(path))
    frames = file.filenames
    known = set(FrameTypeBitMask().keys())
    for row, frame in zip(file.data, frames, strict=True):
        assert row["filename"] == Path(frame).name, row["filename"]
        assert set(row["frametype"].split(",")) <= known, row["frametype"]
    lines = path.read_text().split("data read")[1].split("\n")
    rows = [one for one in lines if "|" in one and not one.startswith("#")]
    # It drops rows with other bars than the heading, without a word.
    assert len(rows) - 1 == len(frames), "rows were dropped"
    return file, frames


def configurations(file, frames):
    """How many configurations PypeIt sees in the headers of frames that have one."""
    spectrograph = load_spectrograph(file.config["rdx"]["spectrograph"])
    par = spectrograph.default_pypeit_par()
    table = PypeItMetaData(spectrograph, par, files=frames, usrdata=file.data.copy())
    table.finalize_usr_build(file.frametypes, file.setup_name)
    headers = PypeItMetaData(spectrograph, par, files=frames, strict=False)
    found = []
    for k, types in enumerate(file.data["frametype"]):
        if set(types.split(",")) & set(spectrograph.config_independent_frames()):
            continue
        one = headers.get_configuration(k)
        if not any(spectrograph.same_configuration([other, one]) for other in found):
            found.append(one)
    return len(found)


def main(folder):
    files = sorted(Path(folder).rglob("*.pypeit"))
    frames_read = tables = 0
    for path in files:
        file, frames = read(path)
        frames_read += len(frames)
        if not frames:
            print(f"{path.stem}: no frame has a type")
            continue
        try:
            count = configurations(file, frames)
        except Exception as error:  # noqa: BLE001 - whatever PypeIt raises is the finding
            print(f"{path.stem}: no table: {type(error).__name__}: {error}")
            continue
        tables += 1
        print(f"{path.stem}: {len(frames)} frames, {count} configurations")
    print(f"{len(files)} files and {frames_read} frames read, {tables} tables")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1])
