"""Trains, fine-tunes, calibrates and exports the networks in models/."""


class TrainingError(Exception):
    """A mistake in the data or the options; the message says how to correct it."""
