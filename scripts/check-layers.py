#!/usr/bin/env python3
"""Checks what the compiler does not: that the layers of docs/architecture.md hold.

1. A source file imports only what its own target declares. (SwiftPM lets an undeclared import pass on the second build.)
2. Targets depend downwards: programs, features, adapters, leaves, core. Along a layer only where ALONG allows it.
3. The core has no I/O and no async, imports only itself and a few modules, and takes time and randomness as arguments.
4. Nothing imports the whole of Foundation, which would add 40 MB to an image, unless FULL_FOUNDATION gives the reason.
5. A file stays below the length at which it holds more than one idea; no test relies on @testable.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

LAYERS = {
    "core": ["KubernetesAPI", "AerieAPI", "Suggestion", "Evaluation", "Decisions"],
    "leaves": ["BuildInformation", "CListenAddress", "CStopSignal", "CTensorFlow", "CYAML", "CZlib", "PrometheusMetrics"],  # know nothing of each other or of the core
    "adapters": [
        "BoundedHTTP", "ControllerRuntime", "HTTPTransport", "ImageRegistry", "KubernetesClient", "KubernetesYAML", "ObjectStore",
        "StructuredLogging",
    ],
    "features": ["Admission", "Dashboard", "LocalCluster", "Operator", "Serving", "TensorFlow", "Training"],
    "programs": ["aerie", "aerie-controller", "aerie-serving", "aerie-trainer"],
    "tests": ["TestCluster", "TestMutation", "TestRandom", "TestSupport"],  # and every test target
}
# What a target may use of its own layer. Features never use each other; TensorFlow is the common ground of two.
ALONG = {
    "AerieAPI": {"KubernetesAPI"},
    "Suggestion": {"AerieAPI", "KubernetesAPI"},
    "Decisions": {"AerieAPI", "KubernetesAPI", "Suggestion", "Evaluation"},
    "KubernetesClient": {"HTTPTransport", "KubernetesYAML"},
    "ControllerRuntime": {"KubernetesClient"},
    "ImageRegistry": {"HTTPTransport"},
    "ObjectStore": {"HTTPTransport"},
    "Training": {"TensorFlow"},
    "Serving": {"TensorFlow"},
}
CORE_MODULES = {"FoundationEssentials", "Synchronization"}
TOOLCHAIN_MODULES = CORE_MODULES | {"Foundation", "Glibc", "Dispatch", "Testing"}
# Products whose modules have other names.
MODULES_OF_PRODUCT = {"Collections": {"Collections", "DequeModule", "OrderedCollections", "HeapModule"}}
# Files (or folders) that need the whole of Foundation, each with its reason.
FULL_FOUNDATION = {}
IMPURE = {
    r"\basync\b|\bawait\b": "is asynchronous",
    r"\bFileManager\b|\bProcessInfo\b|\bgetenv\b|\bFileHandle\b": "looks at the machine",
    r"\bDate\(\)|\bDate\.now\b|\bContinuousClock\b|\bSuspendingClock\b": "reads a clock",
    r"\bUUID\(\)|\bSystemRandomNumberGenerator\b|\.random\((?![^()]*using:)|\.shuffled\(\)|\.randomElement\(\)":
        "draws from the system's random numbers",
    r"(?<![.\w])print\(": "prints",
}
MOST_LINES = 450

IMPORT = re.compile(r"^\s*(?:@(\w+)(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)?(\w+)", re.M)
NO_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"""(?:\\.|.)*?"""|"(?:\\.|[^"\\\n])*"', re.S)
# Generated code says `#if canImport(FoundationEssentials) … #else import Foundation`; on Linux the second branch is never taken.
OTHER_SYSTEMS = re.compile(r"(?<=import FoundationEssentials\n)#else\n(?:\w+ )?import Foundation\n#endif")


def manifest():
    with tempfile.TemporaryDirectory() as scratch:  # its own, so that a build that is under way does not hold this up
        return json.loads(subprocess.check_output(["swift", "package", "--scratch-path", scratch, "dump-package"]))


def layer_of(target):
    if target["type"] == "test":
        return "tests"
    return next((layer for layer, names in LAYERS.items() if target["name"] in names), None)


def dependencies(target):
    """Names of the targets and products that the manifest declares for this target."""
    return {next(iter(dependency.values()))[0] for dependency in target["dependencies"]}


def folder_of(target):
    return pathlib.Path(target.get("path") or f"{'Tests' if target['type'] == 'test' else 'Sources'}/{target['name']}")


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def code_only(text):
    """The text with comments, string literals and the branches for other systems blanked, line numbers kept."""
    return OTHER_SYSTEMS.sub(blank, NO_CODE.sub(blank, text))


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def check_target(target, targets):
    """Rule 2 for one target."""
    name, layer = target["name"], layer_of(target)
    if layer is None:
        yield f"Package.swift: target {name} is in no layer; add it to LAYERS in scripts/check-layers.py and to docs/architecture.md"
        return
    order = list(LAYERS)
    for dependency in sorted(dependencies(target) & targets.keys()):
        other = layer_of(targets[dependency])
        if other is None or layer == "tests":
            continue
        if order.index(other) > order.index(layer) or (layer == "leaves" and other == "core"):
            yield f"Package.swift: {name} ({layer}) must not depend on {dependency} ({other})"
        elif other == layer and dependency not in ALONG.get(name, ()):
            yield f"Package.swift: {name} depends on {dependency}, which is in the same layer ({layer})"


def check_file(path, target, targets):
    """Rules 1, 3, 4 and 5 for one file."""
    text = path.read_text()
    code = code_only(text)
    name, core = target["name"], layer_of(target) == "core"
    declared = set().union(*({dependency} | MODULES_OF_PRODUCT.get(dependency, set()) for dependency in dependencies(target)))
    for match in IMPORT.finditer(code):
        attribute, module = match.groups()
        where = f"{path}:{line_of(code, match.start(2))}"
        if attribute == "testable":
            yield f"{where}: @testable import; tests are built as releases are, so make it `package` or `public`"
        if module == "Foundation" and not any(path.is_relative_to(allowed) for allowed in FULL_FOUNDATION):
            yield f"{where}: imports the whole of Foundation; FoundationEssentials will do"
        elif core and module not in CORE_MODULES and module not in LAYERS["core"]:
            yield f"{where}: imports {module}; the core imports only itself, {' and '.join(sorted(CORE_MODULES))}"
        elif module != name and module not in TOOLCHAIN_MODULES and module not in declared:
            yield f"{where}: imports {module}, which {name} does not declare"
    if core:
        for pattern, why in IMPURE.items():
            for match in re.finditer(pattern, code):
                yield f"{path}:{line_of(code, match.start())}: `{match.group()}` {why}; the core is pure"
    lines = text.count("\n")
    if lines > MOST_LINES and not path.name.endswith(".pb.swift"):
        yield f"{path}: {lines} lines, more than {MOST_LINES}; is there more than one idea in it?"


def unused(target, targets, imported):
    """What a target declares and imports nowhere; programs, which tests need built and cannot import, aside."""
    programs = {name for name, other in targets.items() if other["type"] == "executable"}
    for name in sorted(dependencies(target) - imported - programs):
        yield f"Package.swift: {target['name']} declares {name} and imports it nowhere"


def main():
    package = manifest()
    targets = {target["name"]: target for target in package["targets"]}
    problems = []
    for target in targets.values():
        problems += check_target(target, targets)
        imported = set()
        for path in sorted(folder_of(target).rglob("*.swift")):
            problems += check_file(path, target, targets)
            modules = {match.group(2) for match in IMPORT.finditer(code_only(path.read_text()))}
            imported |= modules | {product for product, others in MODULES_OF_PRODUCT.items() if modules & others}
        problems += unused(target, targets, imported)
    print("\n".join(problems) or f"layers: {len(targets)} targets hold")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
