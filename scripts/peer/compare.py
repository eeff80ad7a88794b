"""Whether two reports of the same frames agree.

    python scripts/peer/compare.py toolkit.ndjson peer.ndjson

Exits with 1 when a type differs, a frame is in one report alone, or a confidence is
0.01 or more apart.
"""

import json
import sys
from pathlib import Path

ALIKE = 0.01
SHOWN = 5


def rows_of(path: str) -> dict[str, dict]:
    rows = map(json.loads, Path(path).read_text().splitlines())
    return {row["file"]: row for row in rows}


def apart(a: dict, b: dict) -> float:
    """Largest difference of two rows' probabilities and strangeness; 0 for two errors."""
    if a["type"] is None or b["type"] is None:
        return 0.0 if a["type"] == b["type"] else 1.0
    pairs = [(a[key] or 0.0, b[key] or 0.0) for key in ("confidence", "strangeness")]
    pairs += [(p, b["probabilities"][name]) for name, p in a["probabilities"].items()]
    return max(abs(p - q) for p, q in pairs)


def main(first: str, second: str) -> int:
    ours, theirs = rows_of(first), rows_of(second)
    common = [file for file in ours if file in theirs]
    alone = len(ours) + len(theirs) - 2 * len(common)
    keys = ("type", "reason", "votes", "hdus")
    differ = {key: [f for f in common if ours[f][key] != theirs[f][key]] for key in keys}
    gaps = {file: apart(ours[file], theirs[file]) for file in common}
    far = [
        file
        for file in common
        if abs((ours[file]["confidence"] or 0) - (theirs[file]["confidence"] or 0)) >= ALIKE
    ]
    print(
        f"{len(common)} frames, {alone} in one report alone;",
        ", ".join(f"same {key} on {len(common) - len(differ[key])}" for key in keys),
    )
    print(f"confidence within {ALIKE} on {len(common) - len(far)}; farthest apart, of any number:")
    for file in sorted(gaps, key=gaps.get, reverse=True)[:SHOWN]:
        a, b = ours[file], theirs[file]
        print(f"  {gaps[file]:.6f}  {file}  {a['type']} {b['type']}")
    for file in differ["type"]:
        print(f"  {file}: {ours[file]['type']} {theirs[file]['type']} {theirs[file]['error']}")
    return 1 if alone or differ["type"] or far else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
