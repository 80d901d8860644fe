#!/usr/bin/env python3
"""Checks that the tests which docs/*.md name exist: the suite, and after it a number or a part of the test's name in quotes.

`TFJobTests`, `TFJobDefectTests 7` and `TFJobTests "keeps being killed"` are references; so is `TFJobDefectTests 7, 17`.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
REFERENCE = re.compile(r'\b([A-Z]\w*Tests)\b((?: (?:"[^"]+"|\d+)(?:(?:, | and )(?:"[^"]+"|\d+))*)?)')
FUNCTION = re.compile(r"func (?:`([^`]+)`|(\w+))")


def suites():
    """The names of all tests, by the name of their file without its ending, or by the folder of a target."""
    found = {}
    for file in (ROOT / "Tests").rglob("*Tests.swift"):
        names = ["".join(parts) for parts in FUNCTION.findall(file.read_text())]
        found.setdefault(file.stem, []).extend(names)
        found.setdefault(file.relative_to(ROOT / "Tests").parts[0], []).extend(names)
    return found


def stands_for(part, name):
    """Whether a test is the one that a number, or a text in quotes, means."""
    if part.isdigit():
        return part in re.findall(r"\d+", name.split(":")[0])
    return part.strip('"') in name


def main():
    tests = suites()
    wrong, count = [], 0
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for number, line in enumerate(page.read_text().splitlines(), 1):
            for suite, parts in REFERENCE.findall(line):
                count += 1
                place = f"{page.relative_to(ROOT)}:{number}"
                if suite not in tests:
                    wrong.append(f"{place}: there is no suite {suite}")
                    continue
                for part in re.findall(r'"[^"]+"|\d+', parts):
                    if not any(stands_for(part, name) for name in tests[suite]):
                        wrong.append(f"{place}: {suite} has no test {part}")
    for line in wrong:
        print(line, file=sys.stderr)
    if count == 0:
        sys.exit("no page names a test")
    sys.exit(1 if wrong else 0)


main()
