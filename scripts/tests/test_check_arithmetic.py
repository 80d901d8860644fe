"""The check of arithmetic must be able to fail: each form that may trap, and each that may not."""

import importlib.util
import pathlib
import unittest

SCRIPT = pathlib.Path(__file__).parents[1] / "check-arithmetic.py"
specification = importlib.util.spec_from_file_location("check_arithmetic", SCRIPT)
check_arithmetic = importlib.util.module_from_spec(specification)
specification.loader.exec_module(check_arithmetic)


def lines(source):
    """The numbers of the lines that are complained of."""
    return [int(problem.split(":")[1]) for problem in check_arithmetic.problems("a.swift", source)]


class Traps(unittest.TestCase):
    """What ended the process, or could."""

    def test_each_is_found(self):
        for statement in [
            "let last = spec.replicas - 1",
            "Time(seconds: seconds + delta)",
            "return start.advanced(bySeconds: Int64(limit))",
            "status.restarts += more",
            "status.disruptions += 1",
            "case .int(let range): (range.max - range.min) / range.step + 1",
            "let part = whole / count",
            "let rest = whole % count",
            "let index = Int(fraction * size)",
            "for number in (confirmed + 1)...created { make(number) }",
            "for _ in 0..<times { make() }",
            "String(repeating: \"0\", count: width - digits)",
            "let few = list.prefix(room)",
            "let size = abs(exponent)",
            "let back = -offset",
            "let sum = list.reduce(0, +)",
            "let sum = list.reduce(0) { $0 + $1.restarts }",
            "return \"ended by signal \\(code - 128)\"",
            "return #\"\\#(code * 2)\"#",
        ]:
            with self.subTest(statement):
                self.assertIn(2, lines(f"func f() {{\n    {statement}\n}}\n"))


class NoTraps(unittest.TestCase):
    def test_none_is_complained_of(self):
        for statement in [
            "let last = spec.replicas.subtractingWithSaturation(1)",
            "let limit = Int64(clamping: limit)",
            "let width = Int(exactly: number) ?? 0",
            "let key = seed &+ golden",
            "let text = \"a - b\" + name",
            "let text = name + \"/\"",
            "errors += spec.validate(at: path)",
            "let all = (first ?? []) + (second ?? [])",
            "let all = [first] + others",
            "let last = list[list.count - 1]",
            "for index in 0..<list.count { use(index) }",
            "let half = size / 2",
            "let few = list.prefix(max(0, room))",
            "let few = list.prefix(TFJob.Status.attemptLimit)",
            "// a comment may say 1 + x",
            "let byte = UInt8(ascii: \"0\")...UInt8(ascii: \"9\")",
            "static func + (left: Quantity, right: Quantity) -> Quantity { left.adding(right) }",
        ]:
            with self.subTest(statement):
                self.assertEqual(lines(f"func f() {{\n    {statement}\n}}\n"), [])


class Reasons(unittest.TestCase):
    def test_behind_the_statement(self):
        self.assertEqual(lines("let a = b + c  // Cannot overflow: both are sizes.\nlet d = b + c\n"), [2])

    def test_above_the_statement_and_for_that_one_only(self):
        source = """
        func f() {
            let early = 1
            // Cannot overflow: both are sizes.
            let a = call(
                b + c)
            let d = b + c
        }
        """
        self.assertEqual(lines(source), [7])

    def test_at_the_beginning_of_a_block_for_all_of_it(self):
        source = """
        func f() {
            // Floating point: nothing traps.
            let a = b + c
            if a > 0 { return b * c }
        }
        func g() { b + c }
        """
        self.assertEqual(lines(source), [7])

    def test_any_other_comment_is_no_reason(self):
        self.assertEqual(lines("// It fits.\nlet a = b + c\n"), [2])


class Folders(unittest.TestCase):
    def test_without_files_it_fails(self):
        with self.assertRaises(SystemExit):
            check_arithmetic.main(["no/such/folder"])


if __name__ == "__main__":
    unittest.main()
