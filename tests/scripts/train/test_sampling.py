from collections import Counter

import numpy as np
import pytest
import torch
from conftest import make_example, make_examples
from spit_train import TrainingError
from spit_train.dataset import OTHER
from spit_train.sampling import (
    Augmentation,
    Epoch,
    Sampling,
    add_specks,
    augment_features,
    augment_image,
    blur,
    change_contrast,
    cover_side,
    shade,
)


def drawn(examples, sampling, seed=1, number=0):
    return [examples[i] for i in Epoch(examples, sampling, seed, number).draws]


def test_types_have_fixed_shares_whatever_their_numbers():
    examples = make_examples(1) + [make_example(2, k) for k in range(1, 9)]
    counts = Counter(one.label for one in drawn(examples, Sampling(650, 0.5, 0.0)))
    assert counts == {0: 104, 1: 104, 2: 130, 3: 104, 4: 52, 5: 156}


def test_real_and_out_of_distribution_shares():
    examples = (
        make_examples(1)
        + make_examples(1, source="real")
        + [make_example(OTHER, k) for k in range(3)]
    )
    chosen = drawn(examples, Sampling(4000, 0.3, 0.2))
    ood = sum(one.label == OTHER for one in chosen)
    real = sum(one.source == "real" for one in chosen)
    # Five standard deviations: 0.032 and 0.036.
    assert ood / 4000 == pytest.approx(0.2, abs=0.032)
    assert real / (4000 - ood) == pytest.approx(0.3, abs=0.041)


def test_spectrographs_have_equal_weight():
    many = [make_example(3, k, source="real", instrument="kast-red") for k in range(9)]
    few = [make_example(3, 9, source="real", instrument="sprat")]
    others = [one for one in make_examples(1) if one.label != 3]
    chosen = drawn(many + few + others, Sampling(6000, 1.0, 0.0))
    counts = Counter(one.instrument for one in chosen if one.source == "real")
    # Five standard deviations of 1000 fair draws.
    assert counts["sprat"] / 1000 == pytest.approx(0.5, abs=0.08)


def test_an_epoch_follows_from_seed_and_number():
    examples = make_examples(2)
    sampling = Sampling(12, 0.5, 0.1)
    one, same = (Epoch(examples, sampling, 1, 3) for _ in range(2))
    assert one.draws == same.draws
    for a, b in zip(one, same):
        assert torch.equal(a[0], b[0])
        assert torch.equal(a[1], b[1])
        assert a[2] == b[2]
    for other in (Epoch(examples, sampling, 1, 4), Epoch(examples, sampling, 2, 3)):
        assert other.draws != one.draws


def test_a_type_without_frames_is_an_error():
    examples = [one for one in make_examples(1) if one.label != 4]
    with pytest.raises(TrainingError, match="standard"):
        Epoch(examples, Sampling(25, 0.5, 0.1), 1, 0)


def test_augmentation_follows_its_options():
    example = make_example(1, 0)

    def draw(augmentation: Augmentation) -> list[np.ndarray]:
        return [
            augment_image(example.image, np.random.default_rng(seed), augmentation)
            for seed in range(12)
        ]

    plain = draw(Augmentation(crop_share=0, noise_share=0))
    assert any(np.array_equal(one, example.image) for one in plain)
    always = draw(Augmentation(crop_share=1, smallest_window=0.3, noise_share=1))
    assert not any(np.array_equal(one, example.image) for one in always)


def test_contrast_keeps_the_order_of_the_levels():
    image = make_example(1, 0).image
    order = np.argsort(image[0], kind="stable")
    for seed in range(12):
        changed = change_contrast(image, np.random.default_rng(seed))
        assert (np.diff(changed[0][order].astype(int)) >= 0).all()


def test_shade_is_smooth():
    image = np.full((210, 650), 120, np.uint8)
    for seed in range(12):
        changed = shade(image, np.random.default_rng(seed)).astype(int)
        assert changed.shape == image.shape
        assert np.ptp(changed) > 0
        # The points of the field are at least 69 rows and 162 columns apart.
        assert abs(np.diff(changed, axis=0)).max() <= 5
        assert abs(np.diff(changed, axis=1)).max() <= 3


def test_blur_averages_neighbours():
    image = np.zeros((210, 650), np.uint8)
    image[100, 300] = 240
    sizes = set()
    for seed in range(24):
        changed = blur(image, np.random.default_rng(seed))
        rows, columns = (len(set(axis)) for axis in changed.nonzero())
        assert changed.max() == 240 // (rows * columns)
        sizes.add((rows, columns))
    assert {(1, 3), (3, 1), (3, 3)} <= sizes
    level = np.full((210, 650), 77, np.uint8)
    assert (blur(level, np.random.default_rng(1)) == 77).all()


def test_specks_are_few_and_white():
    image = make_example(1, 0).image
    for seed in range(12):
        changed = add_specks(image, np.random.default_rng(seed))
        different = changed != image
        assert 1 <= different.sum() <= 60 * 6
        assert (changed[different] == 255).all()


def test_a_covered_side_has_one_level():
    image = make_example(1, 0).image
    sides = set()
    for seed in range(24):
        changed = cover_side(image, np.random.default_rng(seed))
        rows, columns = (changed != image).nonzero()
        assert len(np.unique(changed[rows, columns])) == 1
        # One of both extents is that of the whole side, the other at most 8 % of the image.
        depth = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert depth[0] <= 0.08 * 210 + 1 or depth[1] <= 0.08 * 650 + 1
        sides.add((rows.min() < 20, rows.max() > 190, columns.min() < 60, columns.max() > 590))
    assert len(sides) == 4


def test_augmentation_changes_copies():
    example = make_example(1, 0)
    image, features = example.image.copy(), example.features.copy()
    variants = [
        augment_image(example.image, np.random.default_rng(seed)) for seed in range(8)
    ]
    changed = [
        augment_features(example.features, np.random.default_rng(seed))
        for seed in range(8)
    ]
    assert np.array_equal(example.image, image)
    assert np.array_equal(example.features, features)
    assert all(one.shape == image.shape and one.dtype == np.uint8 for one in variants)
    assert sum(not np.array_equal(one, image) for one in variants) >= 6
    assert all(not np.array_equal(one, features) for one in changed)
