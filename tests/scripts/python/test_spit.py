import array
import sys
import threading
from pathlib import Path

import pytest
import spit

TINY = Path(__file__).resolve().parents[2] / "fixtures" / "model" / "tiny.json"
OPTIONS = ("--model", str(TINY), "--device", "cpu")


@pytest.fixture
def frames(tmp_path):
    """A folder with a bias, and a bias whose header claims an arc."""
    for name, obstype in {"bias": "BIAS", "lying": "ARC"}.items():
        (tmp_path / f"{name}.fits").write_bytes(make_fits(obstype))
    return tmp_path


def make_fits(obstype, width=700, height=260):
    """An even frame, which the model `tiny` takes for a bias."""
    cards = ["SIMPLE  = T", "BITPIX  = 16", "NAXIS   = 2"]
    cards += [f"NAXIS1  = {width}", f"NAXIS2  = {height}", f"OBSTYPE = '{obstype}'", "END"]
    header = "".join(card.ljust(80) for card in cards).ljust(2880).encode()
    pixels = array.array("h", [1000]) * (width * height)
    pixels[0] = 1001
    if sys.byteorder == "little":
        pixels.byteswap()
    data = pixels.tobytes()
    return header + data + bytes(-len(data) % 2880)


def test_classify_returns_the_rows_of_files_and_folders(frames):
    table = spit.classify([frames / "lying.fits", str(frames)], *OPTIONS)
    assert [(Path(row["file"]).name, row["type"], row["agreement"]) for row in table] == [
        ("lying.fits", "bias", "conflict"),
        ("bias.fits", "bias", "agree"),
        ("lying.fits", "bias", "conflict"),
    ]
    assert spit.classify(frames, "--strict", *OPTIONS) == table[1:]


def test_options_may_be_numbers_and_paths(frames):
    labels = frames / "labels.csv"
    labels.write_text("path,label\nbias.fits,arc\n")
    options = ("--labels", labels, "--hdu", 0, *OPTIONS)
    [row] = spit.classify(frames / "bias.fits", *options)
    assert row["type"] == "arc"
    with spit.Classifier(*options) as classifier:
        assert classifier.classify(frames / "bias.fits") == [row]


def test_classify_raises_the_message_of_the_command(frames):
    with pytest.raises(spit.SpitError, match="argument .abacus. is invalid") as caught:
        spit.classify(frames, "--device", "abacus")
    assert caught.value.code == 2
    assert "--help" not in str(caught.value)
    with pytest.raises(spit.SpitError, match="cannot start spit"):
        spit.classify(frames, command=frames / "absent")
    with pytest.raises(spit.SpitError, match="exit code 1"):
        spit.classify(frames, command=[sys.executable, "-c", "raise SystemExit(1)"])


def test_flat_rows_have_the_error_columns_and_no_empty_dictionary(frames):
    (frames / "empty.fits").write_bytes(b"")
    paths = [frames / f"{name}.fits" for name in ("bias", "empty", "absent")]
    good, broken, absent = spit.classify(paths, *OPTIONS).flatten()
    assert (good["pixels_type"], good["error_code"], good["error_message"]) == ("bias", None, None)
    assert [broken["error_code"], absent["error_code"]] == ["empty", "not_found"]
    assert {"error", "pixels", "header_standard"}.isdisjoint({*good, *broken})
    assert good["decided_by"]


def test_a_classifier_answers_call_by_call_and_threads_take_turns(frames):
    paths = {"bias.fits": "agree", "lying.fits": "conflict"}
    answers = {}
    with spit.Classifier(*OPTIONS) as classifier:
        [row] = classifier.classify(frames / "absent.fits")
        assert row["error"]["code"] == "not_found"

        def ask(name):
            # More paths than the pipe holds, so that reading and writing must alternate.
            answers[name] = classifier.classify([frames / name] * 40 + [frames / "x"] * 2000)

        threads = [threading.Thread(target=ask, args=(name,)) for name in paths]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert classifier.classify([]) == []
    for name, agreement in paths.items():
        assert len(answers[name]) == 2040
        assert {row["agreement"] for row in answers[name][:40]} == {agreement}
        assert {row["error"]["code"] for row in answers[name][40:]} == {"not_found"}
    with pytest.raises(spit.SpitError, match="closed"):
        classifier.classify(frames / "bias.fits")
    classifier.close()


def test_a_classifier_whose_process_ends_raises_its_message(frames):
    with spit.Classifier("--model", "absent") as classifier:
        for _ in range(2):
            with pytest.raises(spit.SpitError, match="absent") as caught:
                classifier.classify(frames / "bias.fits")
            assert caught.value.code == 2


def test_tables_of_pandas_and_astropy_mark_what_rows_lack(frames):
    (frames / "empty.fits").write_bytes(b"")
    table = spit.classify(frames, *OPTIONS)
    pandas = pytest.importorskip("pandas")
    frame = table.to_pandas()
    assert list(frame["type"].isna()) == [False, True, False]
    assert pandas.api.types.is_float_dtype(frame["pixels_probability"])
    pytest.importorskip("astropy")
    columns = table.to_astropy()
    assert list(columns["type"].mask) == [False, True, False]
    assert columns["use"].dtype.kind == "b"
    assert columns["pixels_probability"].dtype.kind == "f"
    assert columns["error_code"][1] == "empty"
    assert columns["hdus"].dtype == object
