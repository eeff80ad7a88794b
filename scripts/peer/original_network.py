"""The paper's network in TensorFlow, as scripts/paper_network.py describes it."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from picture import PICTURE_HEIGHT, PICTURE_WIDTH

CLASSES = ("bias", "science", "standard", "arc", "flat")
PARAMETERS = 70_830_061
SEED = 20180704


def open_network(weights: Path | None) -> Callable[[np.ndarray], np.ndarray]:
    """A function from a view, uint8 [1, 210, 650], to its probabilities, float32 [5].

    Traced once, so that a call costs no more than a `session.run` of the original's.
    """
    keras.utils.set_random_seed(SEED)
    layers = keras.layers
    network = keras.Sequential(
        [
            layers.Input((PICTURE_HEIGHT, PICTURE_WIDTH, 1)),
            layers.Conv2D(36, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(2, padding="same"),
            layers.Conv2D(64, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(2, padding="same"),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(len(CLASSES), activation="softmax"),
        ]
    )
    assert network.count_params() == PARAMETERS
    if weights is not None:
        network.set_weights(weights_of(weights))

    view = tf.TensorSpec((1, PICTURE_HEIGHT, PICTURE_WIDTH), tf.uint8)
    forward = tf.function(
        lambda seen: network(tf.cast(seen, tf.float32)[..., tf.newaxis] / 255, training=False),
        input_signature=[view],
    )
    return lambda seen: forward(seen).numpy()[0]


def weights_of(path: Path) -> list[np.ndarray]:
    """Weights and biases of the four layers in TensorFlow's order of axes, from PyTorch's."""
    saved = np.load(path)
    weights = []
    for name in ("conv1", "conv2", "dense1", "dense2"):
        weight = saved[f"{name}.weight"]
        weights.append(weight.transpose(2, 3, 1, 0) if weight.ndim == 4 else weight.T)
        weights.append(saved[f"{name}.bias"])
    return weights
