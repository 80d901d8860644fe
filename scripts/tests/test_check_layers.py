"""The layer check must be able to fail: one small package for each rule."""

import importlib.util
import pathlib
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).parents[1] / "check-layers.py"
specification = importlib.util.spec_from_file_location("check_layers", SCRIPT)
check_layers = importlib.util.module_from_spec(specification)
specification.loader.exec_module(check_layers)


def target(name, *dependencies, kind="regular", path=None):
    return {"name": name, "type": kind, "path": path, "dependencies": [{"byName": [name, None]} for name in dependencies]}


class Imports(unittest.TestCase):
    def problems(self, name, source, *dependencies):
        with tempfile.NamedTemporaryFile("w", suffix=".swift") as file:
            file.write(source)
            file.flush()
            one = target(name, *dependencies)
            return [problem.split(": ", 1)[1] for problem in check_layers.check_file(pathlib.Path(file.name), one, {name: one})]

    def test_a_declared_import_is_fine(self):
        self.assertEqual(self.problems("Operator", "public import Decisions\nimport struct Logging.Logger\n", "Decisions", "Logging"), [])

    def test_an_undeclared_import_is_named(self):
        self.assertEqual(self.problems("Operator", "import Decisions\n"), ["imports Decisions, which Operator does not declare"])

    def test_a_module_of_a_product_with_another_name_is_declared_by_it(self):
        self.assertEqual(self.problems("Operator", "import DequeModule\n", "Collections"), [])

    def test_imports_in_comments_and_strings_do_not_count(self):
        self.assertEqual(self.problems("Operator", '// import A\n/* \nimport B\n*/ let text = """\n    import C\n    """\n'), [])

    def test_full_foundation_is_refused_except_in_a_branch_for_other_systems(self):
        both = "#if canImport(FoundationEssentials)\npackage import FoundationEssentials\n#else\npackage import Foundation\n#endif\n"
        self.assertEqual(self.problems("Operator", both), [])
        self.assertEqual(len(self.problems("Operator", "import Foundation\n")), 1)

    def test_the_core_imports_only_itself(self):
        self.assertEqual(self.problems("Decisions", "import KubernetesAPI\nimport Synchronization\n", "KubernetesAPI"), [])
        self.assertEqual(len(self.problems("Decisions", "import Logging\n", "Logging")), 1)

    def test_the_core_neither_waits_nor_looks_around_nor_draws(self):
        for impure in ["func f() async {}", "let now = Date.now", "let x = Int.random(in: 0..<9)", "FileManager.default", "print(1)"]:
            self.assertEqual(len(self.problems("Suggestion", impure + "\n")), 1, impure)
        self.assertEqual(self.problems("Suggestion", "let x = Int.random(in: 0..<9, using: &generator)\n"), [])
        self.assertEqual(self.problems("Operator", "func f() async { print(1) }\n"), [])

    def test_testable_imports_are_refused(self):
        self.assertEqual(len(self.problems("Operator", "@testable import Decisions\n", "Decisions")), 1)

    def test_a_file_that_is_too_long_is_named(self):
        self.assertEqual(len(self.problems("Operator", "\n" * (check_layers.MOST_LINES + 1))), 1)


class Layers(unittest.TestCase):
    def problems(self, *targets):
        by_name = {one["name"]: one for one in targets}
        return [problem for one in targets for problem in check_layers.check_target(one, by_name)]

    def test_downwards_is_fine(self):
        self.assertEqual(self.problems(target("Operator", "Decisions"), target("Decisions", "AerieAPI"), target("AerieAPI")), [])

    def test_upwards_is_refused(self):
        self.assertEqual(len(self.problems(target("Decisions", "Operator"), target("Operator"))), 1)

    def test_features_never_depend_on_each_other(self):
        self.assertEqual(len(self.problems(target("Operator", "Serving"), target("Serving"))), 1)

    def test_a_target_that_no_layer_names_is_refused(self):
        self.assertEqual(len(self.problems(target("Helpers"))), 1)

    def test_tests_may_depend_on_anything(self):
        self.assertEqual(self.problems(target("OperatorTests", "Operator", kind="test"), target("Operator")), [])

    def test_a_declared_dependency_that_nothing_imports_is_named(self):
        one = target("Operator", "Decisions", "aerie")
        targets = {"Operator": one, "aerie": target("aerie", kind="executable")}
        self.assertEqual(list(check_layers.unused(one, targets, set())), ["Package.swift: Operator declares Decisions and imports it nowhere"])


if __name__ == "__main__":
    unittest.main()
