import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts" / "python"))

import spit


def deno(*arguments):
    return [spit._find_deno(), "run", "-A", *map(str, arguments)]


@pytest.fixture
def night(tmp_path, monkeypatch):
    """A working folder with a simulated night, and the command `spit` in the path."""
    monkeypatch.chdir(tmp_path)
    options = ["--seed", "1", "--count", "6", "--instrument", "kast-red", "--quiet"]
    subprocess.run(deno(ROOT / "cli.ts", "simulate", "night", *options), check=True)
    command = tmp_path / "bin" / "spit"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{spit._find_deno()}" run -A "{ROOT}/cli.ts" "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path
