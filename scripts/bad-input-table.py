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


WORLDS = """
## Two worlds: servers with rules and without

From Kubernetes 1.25 on, with `deploy/`, the schema and the rules of a definition answer first, and stop at what they refuse.
The webhook is then asked about the rest only: what rules cannot see, and warnings. Before 1.25, with `crds/kubernetes-1.20`,
the webhook answers everything but types. Conditions of the controllers have the webhook's words in either world.

The left column is what the server {server} said in a test; between the field and the words it puts the value where the rule
is about a single number or text. The webhook names fields in one order, always. A server with rules gives its lines in any order,
and in another one the next time (decision 0042); here they are sorted. What the webhook says begins as shown.
"""


def code(text):
    return f"`` {cell(text)} ``" if "`" in text else f"`{cell(text)}`"


def lines(texts):
    return "<br>".join(map(code, texts))


def admission():
    current = yaml.safe_load((ROOT / "Tests/AdmissionTests/Cases/current.yaml").read_text())
    yield WORLDS.format(server=current["server"]).rstrip()
    for kind in KINDS:
        cases = yaml.safe_load((ROOT / f"Tests/AdmissionTests/Cases/{kind.lower()}.yaml").read_text())["cases"]
        yield f"\n## {kind}: when it is applied\n"
        yield "With `kubectl apply`, and the same with `--dry-run=server`.\n"
        yield "| what is wrong | the definition's rules, 1.25 and later | the webhook |\n| --- | --- | --- |"
        for case in cases:
            answers = case.get("errors", []) + [f"Warning: {text}" for text in case.get("warnings", [])]
            said = current[kind].get(case["name"], [])
            if not answers and not said:
                continue
            accepted = f"accepted: {case['unseen']}" if "unseen" in case else "accepted"
            rules = lines(said) or accepted
            yield f"| {cell(case['name'])} | {rules} | {lines(answers) or 'not asked'} |"


def running():
    rows = yaml.safe_load((ROOT / "Tests/EndToEndTests/BadInput/rows.yaml").read_text())
    yield "\n## Seen on a local cluster\n"
    yield "Played by `Tests/EndToEndTests/bad-input.py` with real trainers, images and a registry.\n"
    yield "| who … | sees | in |\n| --- | --- | --- |"
    for row in rows:
        seen = lines([row["sees"], *([row["rules"]] if "rules" in row else [])])
        yield f"| {cell(row['does'])} | {seen} | `{cell(row['where'])}` |"


page = HEAD + "\n".join([*running(), *admission()]) + "\n"
if sys.argv[1:] == ["--check"]:
    if not PAGE.exists() or PAGE.read_text() != page:
        raise SystemExit("docs/bad-input.md is not what the tables say; run `make tables`")
else:
    PAGE.write_text(page)
print(f"docs/bad-input.md: {sum(line.startswith('| ') for line in page.splitlines()) - 2 * (1 + len(KINDS))} rows")
