import pytest
from spit_train import progress
from spit_train.progress import Progress, format_time


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is moved."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_prints_every_few_seconds_with_the_time_left(clock, capsys):
    work = Progress("training", 10)
    for _ in range(4):
        clock[0] += 3
        work.advance("loss 1")
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "training: 20 %, loss 1, 24 s left",
        "training: 40 %, loss 1, 18 s left",
    ]


def test_steps_of_an_earlier_run_do_not_shorten_the_time_left(clock):
    work = Progress("training", 100, done=50)
    clock[0] += 10
    work.advance()
    assert work.estimate() == pytest.approx(490)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0 s"), (59.4, "59 s"), (200, "3 min 20 s")]
)
def test_times_are_readable(seconds, text):
    assert format_time(seconds) == text
