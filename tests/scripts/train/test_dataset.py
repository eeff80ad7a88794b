import numpy as np
import pytest
from conftest import SPLIT, make_examples, write_dataset
from spit_train import TrainingError
from spit_train.dataset import (
    Versions,
    digest_examples,
    flip_image,
    read_datasets,
    split_examples,
)


def test_reads_back_what_was_written(tmp_path):
    written = make_examples(1, source="real", night="2020-01-01")
    first = write_dataset(tmp_path / "a", written, preprocessing=3, features=4)
    second = write_dataset(
        tmp_path / "b", make_examples(1), preprocessing=3, features=4, split=SPLIT
    )
    data = read_datasets([first, second])
    assert data.versions == Versions(3, 4)
    assert data.split == SPLIT
    assert [one.label for one in data.examples] == [0, 1, 2, 3, 4, 5] * 2
    for one, wanted in zip(data.examples, written):
        assert np.array_equal(one.image, wanted.image)
        assert np.array_equal(one.features, wanted.features)
        assert (one.name, one.night, one.source) == (
            wanted.name,
            wanted.night,
            wanted.source,
        )


@pytest.mark.parametrize("changed", [{"preprocessing": 2}, {"features": 2}])
def test_refuses_datasets_of_different_versions(tmp_path, changed):
    folders = [
        write_dataset(tmp_path / "a", make_examples(1)),
        write_dataset(tmp_path / "b", make_examples(1), **changed),
    ]
    with pytest.raises(TrainingError, match="/b .* different versions"):
        read_datasets(folders)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "dataset.json").unlink(), "dataset.json is missing"),
        (lambda folder: (folder / "index.csv").unlink(), "index.csv is missing"),
        (
            lambda folder: (folder / "dataset.json").write_text("{}"),
            "labels count the types",
        ),
    ],
)
def test_refuses_incomplete_datasets(tmp_path, damage, message):
    folder = write_dataset(tmp_path / "a", make_examples(1))
    damage(folder)
    with pytest.raises(TrainingError, match=message):
        read_datasets([folder])


def test_refuses_a_dataset_without_versions(tmp_path):
    folder = write_dataset(tmp_path / "a", make_examples(1), features=None)
    with pytest.raises(TrainingError, match="`preprocessing` and `features`"):
        read_datasets([folder])


def test_refuses_another_order_of_types(tmp_path):
    types = ["dark", "bias", "arc", "flat", "standard", "science"]
    folder = write_dataset(tmp_path / "a", make_examples(1), types=types)
    with pytest.raises(TrainingError, match="labels count the types"):
        read_datasets([folder])


def test_refuses_another_number_of_features(tmp_path):
    folder = write_dataset(tmp_path / "a", make_examples(1))
    np.save(folder / "features-0001.npy", np.zeros((3, 12), np.float32))
    with pytest.raises(TrainingError, match="12 features"):
        read_datasets([folder])


def test_the_split_of_each_example_decides():
    examples = make_examples(1) + make_examples(1, split="validation")
    training, held_out = split_examples(examples)
    assert (training, held_out) == (examples[:6], examples[6:])


def test_only_simulated_leaves_real_frames_out_of_both_sides():
    examples = make_examples(1, source="real") + make_examples(1, split="validation")
    assert split_examples(examples, only_simulated=True) == ([], examples[6:])


def test_hold_out_names_frames_and_all_their_hdus(tmp_path):
    real = make_examples(1, source="real", split="validation")
    names = ["a.fits", "b.fits[1]", "b.fits[2]", "c.fits", "d.fits", "e.fits"]
    real = [type(one)(**{**vars(one), "name": name}) for one, name in zip(real, names)]
    simulated = make_examples(1) + make_examples(1, split="validation")
    listed = tmp_path / "names.txt"
    listed.write_text("b.fits\nc.fits\n\n")
    training, held_out = split_examples(real + simulated, listed)
    assert [one.name for one in held_out] == ["b.fits[1]", "b.fits[2]", "c.fits"]
    # Real frames that are not listed are trained on whatever their split.
    assert [one.name for one in training[:3]] == ["a.fits", "d.fits", "e.fits"]
    assert training[3:] == simulated[:6]

    listed.write_text("c.fits\nmissing.fits\n")
    with pytest.raises(TrainingError, match="missing.fits"):
        split_examples(real, listed)


def test_digest_changes_with_examples_and_versions():
    examples = make_examples(1)
    digest = digest_examples(examples, Versions(1, 1))
    assert digest == digest_examples(make_examples(1), Versions(1, 1))
    assert digest != digest_examples(examples[1:], Versions(1, 1))
    assert digest != digest_examples(examples, Versions(1, 2))


def test_flips_are_in_the_order_of_the_vote():
    image = np.array([[1, 2], [3, 4]], np.uint8)
    assert flip_image(image).tolist() == [
        [[1, 2], [3, 4]],
        [[3, 4], [1, 2]],
        [[2, 1], [4, 3]],
        [[4, 3], [2, 1]],
    ]
