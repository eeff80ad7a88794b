import numpy as np
from conftest import make_example
from spit_train.dataset import TYPES
from spit_train.scores import compute_wilson, count_votes, score_types


def vote_for(*labels: int) -> np.ndarray:
    """Probabilities of four flips, each with one label ahead."""
    return np.eye(len(TYPES))[list(labels)] * 0.5 + 0.5 / len(TYPES)


def test_three_of_four_flips_decide():
    choice, decided = count_votes(
        np.stack([vote_for(2, 2, 5, 2), vote_for(2, 2, 5, 5)])
    )
    assert choice[0] == 2
    assert decided.tolist() == [True, False]


def test_wilson_interval():
    # The interval of models/spit-compact.json for 80 of 92.
    assert compute_wilson(80, 92) == [78.6, 92.4]
    assert compute_wilson(0, 0) == [0.0, 100.0]


def test_scores_count_right_wrong_and_unknown():
    standard, science, arc = (
        TYPES.index(name) for name in ("standard", "science", "arc")
    )
    frames = [
        make_example(label, 0) for label in (arc, arc, standard, science, science)
    ]
    votes = [
        vote_for(arc, arc, arc, arc),
        vote_for(arc, arc, science, science),
        vote_for(science, science, science, standard),
        vote_for(science, science, science, science),
        vote_for(arc, arc, arc, arc),
    ]
    scores = score_types(frames, np.stack(votes))
    assert (scores["n"], scores["right"], scores["wrong"], scores["unknown"]) == (
        5,
        2,
        2,
        1,
    )
    assert scores["right_with_standard_as_science"] == 3
    assert scores["by_type"] == {"arc": "1/2", "science": "1/2", "standard": "0/1"}
