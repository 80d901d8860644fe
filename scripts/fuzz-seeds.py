#!/usr/bin/env python3
"""Where fuzzing starts: the documents of the repository, as YAML, as JSON, and as AdmissionReviews of their creation and change."""

import json
import pathlib
import sys

import yaml

home = pathlib.Path(sys.argv[1])
for path in sorted(pathlib.Path(".").glob("examples/**/*.yaml")) + sorted(pathlib.Path("deploy").glob("**/*.yaml")):
    name = str(path).replace("/", "-")
    text = path.read_text()
    (home / "yaml" / name).write_text(text)
    for number, document in enumerate(yaml.safe_load_all(text)):
        if not isinstance(document, dict):
            continue
        (home / "json" / f"{name}-{number}").write_text(json.dumps(document, default=str))
        for operation in ("CREATE", "UPDATE"):
            review = {
                "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                "request": {
                    "uid": "1", "operation": operation, "namespace": "default",
                    "name": document.get("metadata", {}).get("name", ""), "object": document,
                } | ({"oldObject": document} if operation == "UPDATE" else {}),
            }
            (home / "admission" / f"{name}-{number}-{operation}").write_text(json.dumps(review, default=str))
