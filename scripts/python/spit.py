"""Classify raw spectral frames from Python.

    import spit

    table = spit.classify("/data/2026-11-22")
    table.to_pandas()

    with spit.Classifier() as classifier:
        table = classifier.classify(["r1.fits", "r2.fits"])

The module needs only the standard library, and Deno. `to_pandas` and `to_astropy` need
the package of that name. It may be copied to another place if the command `spit` is
installed. docs/python.md has more examples.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

# What classifying local files needs; docs/permissions.md has those of other commands.
PERMISSIONS = ("--allow-read", "--allow-ffi", "--allow-env=ORT_DISABLE_TELEMETRY")


class SpitError(Exception):
    """The command could not start or ended with an error; `code` is its exit code, or None.

    A frame that cannot be read is a row with an error, and does not raise.
    """

    def __init__(self, message, code=None):
        super().__init__(message)
        self.code = code


class Table(list):
    """The rows of frames, in the order of the paths: dictionaries, as in NDJSON.

    docs/commands.md and the README describe the keys.
    """

    def flatten(self):
        """Returns the rows without nested dictionaries.

        Keys are joined by `_`, as in the columns of CSV: `pixels_type`, `log_exposure`.
        Lists remain lists. A row lacks the keys of a dictionary that is None, except
        `error_code` and `error_message`, which every row has.
        """
        return [_flatten_row(row) for row in self]

    def to_pandas(self):
        """Returns a pandas.DataFrame of the flat rows; what a row lacks is missing."""
        import pandas

        return pandas.DataFrame(self.flatten())

    def to_astropy(self):
        """Returns an astropy.table.Table of the flat rows; what a row lacks is masked.

        A column of lists, or of different types, has the dtype object.
        """
        import astropy.table

        rows = self.flatten()
        names = dict.fromkeys(name for row in rows for name in row)
        columns = {name: _make_column([row.get(name) for row in rows]) for name in names}
        return astropy.table.Table(columns)


def classify(paths, *options, command=None):
    """Classifies frames with a process of its own, and returns a Table.

    `paths` is one path or several, as on the command line: files, folders, URLs
    (if `command` permits the network), or `@LIST`. Patterns are not expanded. `options`
    are those of `spit classify`, such as `"--labels", "labels.csv"`. `command` starts
    spit; by default it is the checkout that this file is in, else the command `spit`.

    A path that does not exist is a row with an error. Raises SpitError for a wrong option,
    or when there is no frame.
    """
    options = map(str, options)
    arguments = [*_list_paths(paths), *options, "--format", "ndjson", "--quiet"]
    try:
        done = subprocess.run(
            [*_find_command(command), "classify", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    except OSError as error:
        raise SpitError(f"cannot start spit: {error}") from error
    # With rows, 1 is a finding of --strict, and 2 a path that does not exist.
    is_complete = done.stdout != "" and _ERROR.search(done.stderr) is None
    if done.returncode != 0 and not (done.returncode in (1, 2) and is_complete):
        raise _make_error(done.returncode, done.stderr)
    return Table(json.loads(line) for line in done.stdout.splitlines())


class Classifier:
    """A process that classifies files until the end of a `with` block.

    It loads the network once, so that a call for one frame takes the time of that frame.
    Threads may share it; their calls take turns. `options` and `command` are those of
    `classify`.
    """

    def __init__(self, *options, command=None):
        self._lock = threading.Lock()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        arguments = ["classify", "-", "--stream", *map(str, options), "--quiet"]
        try:
            self._process = subprocess.Popen(
                [*_find_command(command), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                encoding="utf-8",
            )
        except OSError as error:
            self._stderr.close()
            raise SpitError(f"cannot start spit: {error}") from error

    def classify(self, paths):
        """Classifies one or several files or URLs, and returns a Table with a row for each.

        A folder is a row with an error, as any file that cannot be read. Raises SpitError
        when the process has ended, as for a wrong option.
        """
        paths = _list_paths(paths)
        with self._lock:
            if self._stderr.closed:
                raise SpitError("the classifier is closed")
            # In a thread, because the process stops reading while nobody reads its rows.
            writer = threading.Thread(target=self._write, args=(paths,), daemon=True)
            writer.start()
            try:
                rows = Table(self._read_row() for _ in paths)
                writer.join()
            except BaseException:
                # Rows without a reader would be taken for those of the next call.
                self._process.kill()
                writer.join()
                raise
            return rows

    def close(self):
        """Ends the process, after the frames it has begun."""
        if self._stderr.closed:
            return
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        self._process.wait()
        self._process.stdout.close()
        self._stderr.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _write(self, paths):
        try:
            for path in paths:
                self._process.stdin.write(json.dumps(path) + "\n")
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            # The process has ended; the reader of its rows reports it.
            pass

    def _read_row(self):
        line = self._process.stdout.readline()
        if line.endswith("\n"):
            return json.loads(line)
        code = self._process.wait()
        self._stderr.seek(0)
        raise _make_error(code, self._stderr.read().decode("utf-8", "replace"))


def _find_command(command):
    """Returns the arguments that start spit: of the checkout with this file, else as installed."""
    if command is not None:
        return [command] if isinstance(command, (str, os.PathLike)) else list(command)
    for folder in Path(__file__).resolve().parents[2:3]:
        if (folder / "cli.ts").is_file():
            cli = str(folder / "cli.ts")
            return [_find_deno(), "run", "--no-prompt", *PERMISSIONS, cli]
    installed = shutil.which("spit")
    if installed is None:
        raise SpitError("the command spit is not installed, and this file is in no checkout")
    return [installed]


def _find_deno():
    # pip puts deno beside python, where a shell finds it only in an active environment.
    beside = os.path.dirname(sys.executable)
    deno = shutil.which("deno") or shutil.which("deno", path=beside)
    if deno is None:
        raise SpitError("deno is not installed: pip install deno==2.9.6")
    return deno


def _list_paths(paths):
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    return [os.fspath(path) for path in paths]


# How spit reports what ended it.
_ERROR = re.compile(r"^error: (.*)", re.MULTILINE | re.DOTALL)

# What spit adds to the error of a wrong option, for a person at a terminal.
_HELP_HINT = "(--help lists commands and options)"


def _make_error(code, stderr):
    """Returns an error with the message of spit, without what Deno wrote before it."""
    found = _ERROR.search(stderr)
    text = (found[1] if found else stderr).strip().removesuffix(_HELP_HINT).rstrip()
    return SpitError(text or f"spit ended with exit code {code}", code)


def _flatten_row(row):
    flat = {}

    def add(prefix, values):
        for key, value in values.items():
            if isinstance(value, dict):
                add(f"{prefix}{key}_", value)
            elif value is not None or f"{prefix}{key}" not in _DICTIONARIES:
                flat[prefix + key] = value

    add("", row)
    flat.setdefault("error_code", None)
    flat.setdefault("error_message", None)
    return flat


# Keys whose value is a dictionary or None.
_DICTIONARIES = {"probabilities", "pixels", "header", "header_standard", "log", "error"}


def _make_column(values):
    import numpy
    from astropy.table import Column, MaskedColumn

    given = [value for value in values if value is not None]
    scalars = next(
        (
            kind
            for kind in (bool, str, (int, float))
            if all(_is_kind(value, kind) for value in given)
        ),
        None,
    )
    if scalars is None:
        column = numpy.empty(len(values), dtype=object)
        column[:] = values
        return Column(column)
    if len(given) == len(values):
        return Column(values)
    filler = type(given[0])() if given else ""
    data = [filler if value is None else value for value in values]
    return MaskedColumn(data, mask=[value is None for value in values])


def _is_kind(value, kind):
    # bool is a subclass of int.
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
