"""Every edge case of rows.txt has a test that carries its section and row in its name. Run by hand it lists them:

    python3 tests/e2e/dialect/rows_test.py --list
"""

import re
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
TESTS = HERE.parents[1]
NAME = re.compile(r"(?:def test_|TEST(?:_F)?\(\w+, )(\w+)")
ROWS = re.compile(r"^C?(\d)_(\d)_rows?_?(\d+)(?:_?to_?(\d+))?(?:_|$)", re.IGNORECASE)


def rows():
    """What there is to show: {(section, row): text}."""
    found = {}
    for line in (HERE / "rows.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            section, row, text = line.split(" ", 2)
            found[section, int(row)] = text
    return found


def shown():
    """What the names of the tests say: {(section, row): [names]}."""
    found = {}
    for path in [*sorted((TESTS / "e2e" / "dialect").glob("*_test.py")),
                 *sorted((TESTS / "daemon" / "dialect").glob("*_test.cc"))]:
        for name in NAME.findall(path.read_text()):
            match = ROWS.match(name)
            if match:
                first = int(match[3])
                for row in range(first, int(match[4] or first) + 1):
                    found.setdefault((f"{match[1]}.{match[2]}", row), []).append(f"{path.name}: {name}")
    return found


class Rows(unittest.TestCase):
    def test_each_row_has_a_test(self):
        self.assertGreater(len(rows()), 15)
        self.assertEqual([], [f"{s} row {r}: {text}" for (s, r), text in rows().items() if (s, r) not in shown()])

    def test_each_test_names_a_row_that_there_is(self):
        self.assertEqual([], [names for row, names in shown().items() if row not in rows()])


if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        for row, text in rows().items():
            print(f"{row[0]} row {row[1]}: {text}\n    " + ("\n    ".join(shown().get(row, ["no test"]))))
        sys.exit(0)
    unittest.main()
