"""Where the time goes."""

import os
import statistics
import time
from pathlib import Path


class Stopwatch:
    """Milliseconds by stage; each lap is the time since the one before."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.stages[stage] = self.stages.get(stage, 0.0) + 1000 * (now - self._last)
        self._last = now


def process_start() -> float:
    """When this process was started, on the clock of `since_boot`, to 10 ms.

    Before the interpreter and its imports, which a user waits for as well. Linux tells;
    elsewhere it is now.
    """
    try:
        # The name in brackets may hold spaces; field 22 of `man 5 proc` counts from the pid.
        after_name = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        return int(after_name[19]) / 100
    except OSError:
        return since_boot()


def since_boot() -> float:
    """Seconds since the machine started."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def timing_of(started: float, seen: list[float], stages: list[dict[str, float]]) -> dict:
    """How long a run took, for `--timing`.

    From the times of its start and of each verdict, and what each frame's stopwatch says.
    """
    times = os.times()
    names = dict.fromkeys(name for frame in stages for name in frame)
    warm = seen[-1] - seen[0]
    return {
        "frames": len(seen),
        "first_s": round(seen[0] - started, 3),
        "seconds": round(since_boot() - started, 3),
        "frames_per_s": round(len(seen) / (seen[-1] - started), 2),
        # From the first verdict on, when all is imported and every process has its network.
        "warm_frames_per_s": round((len(seen) - 1) / warm, 2) if warm > 0 else None,
        "cpu_s": round(times.user + times.system + times.children_user + times.children_system, 3),
        "stages": {
            name: round(statistics.median(frame.get(name, 0.0) for frame in stages), 3)
            for name in names
        },
    }
