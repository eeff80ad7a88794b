"""Progress on standard error: how far a long work is, and the time that is left."""

import sys
import time

# Seconds between two lines.
INTERVAL = 5.0


class Progress:
    """Counts the steps of a work and prints a line every few seconds.

    The time left follows from the steps made since the start; steps that an earlier,
    interrupted run made (`done`) count as made and not as time.
    """

    def __init__(self, name: str, total: int, done: int = 0, interval: float = INTERVAL) -> None:
        self.name, self.total, self.done, self.interval = name, total, done, interval
        self.first, self.started = done, time.monotonic()
        self.printed = self.started

    def advance(self, detail: str = "", *, always: bool = False) -> None:
        """Counts one step; prints when the last line is old enough, or always."""
        self.done += 1
        now = time.monotonic()
        if always or now - self.printed >= self.interval:
            self.report(detail)

    def report(self, detail: str = "") -> None:
        """Prints the share done, the detail and the time left."""
        self.printed = time.monotonic()
        share = 100 * self.done // max(self.total, 1)
        parts = [f"{self.name}: {share} %", detail, f"{format_time(self.estimate())} left"]
        print(", ".join(filter(None, parts)), file=sys.stderr, flush=True)

    def estimate(self) -> float:
        """Returns the seconds left at the speed so far."""
        made = self.done - self.first
        spent = time.monotonic() - self.started
        return spent / made * (self.total - self.done) if made else 0.0


def format_time(seconds: float) -> str:
    """Returns a time such as `40 s` or `3 min 20 s`."""
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"
