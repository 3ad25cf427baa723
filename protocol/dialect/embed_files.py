"""Writes the rows of a C++ array: the name and the text of each file given.

    embed_files.py OUTPUT FILE...
"""

import sys
from pathlib import Path

DELIMITER = "embedded"


def main():
    rows = []
    for path in sorted(map(Path, sys.argv[2:]), key=lambda path: path.name):
        text = path.read_text(encoding="utf-8")
        if f"){DELIMITER}\"" in text:
            sys.exit(f"{path}: holds the end of a raw string")
        rows.append(f'{{"{path.name}", R"{DELIMITER}({text}){DELIMITER}"}},\n')
    Path(sys.argv[1]).write_text("".join(rows), encoding="utf-8")


main()
