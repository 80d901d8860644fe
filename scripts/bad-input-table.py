#!/usr/bin/env python3
"""Writes docs/bad-input.md from the tables that the tests run; with --check only says whether it is what would be written."""

import pathlib
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/bad-input.md"
KINDS = ["TrainingExperiment", "Trial", "ModelPromotion", "AcceleratorProfile", "TFJob"]

HEAD = """# Bad input

What a person does, what they see, and where. This page is written from the tables that the tests run (`make tables`), so
each row is something that was seen.

Every field of every kind is also given every value that its schema refuses (another type, a number out of bounds, too long
a text, a word that there is not): the API server refuses the object and names the field (`Tests/BadInputTests`). Parsers and the
webhook are fed with random bytes by `make fuzz`.
"""


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def admission():
    for kind in KINDS:
        cases = yaml.safe_load((ROOT / f"Tests/AdmissionTests/Cases/{kind.lower()}.yaml").read_text())["cases"]
        yield f"\n## {kind}: when it is applied\n"
        yield "With `kubectl apply`, and the same with `--dry-run=server`. What is said begins as shown.\n"
        yield "| what is wrong | answer |\n| --- | --- |"
        for case in cases:
            answers = case.get("errors", []) + [f"Warning: {text}" for text in case.get("warnings", [])]
            if answers:
                yield f"| {cell(case['name'])} | {'<br>'.join(f'`{cell(text)}`' for text in answers)} |"


def running():
    rows = yaml.safe_load((ROOT / "Tests/EndToEndTests/BadInput/rows.yaml").read_text())
    yield "\n## Seen on a local cluster\n"
    yield "Played by `Tests/EndToEndTests/bad-input.py` with real trainers, images and a registry.\n"
    yield "| who … | sees | in |\n| --- | --- | --- |"
    for row in rows:
        yield f"| {cell(row['does'])} | `{cell(row['sees'])}` | `{cell(row['where'])}` |"


page = HEAD + "\n".join([*running(), *admission()]) + "\n"
if sys.argv[1:] == ["--check"]:
    if not PAGE.exists() or PAGE.read_text() != page:
        raise SystemExit("docs/bad-input.md is not what the tables say; run `make tables`")
else:
    PAGE.write_text(page)
print(f"docs/bad-input.md: {sum(line.startswith('| ') for line in page.splitlines()) - 2 * (1 + len(KINDS))} rows")
