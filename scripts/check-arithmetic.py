#!/usr/bin/env python3
"""Finds arithmetic that may end the process.

Numbers in objects are whatever somebody wrote, and Swift traps where a sum, a product or a conversion does not fit. In the
targets that compute with decoded numbers each operator on whole numbers is therefore one of these:

- saturating: `addingWithSaturation` and its like (Sources/KubernetesAPI/SaturatingArithmetic.swift), `Int(clamping:)`,
  `Int(exactly:)`, `&+`;
- among literals, or between sizes of collections (`a.count - 1`), or a division by a literal;
- no arithmetic at all: texts and lists that are joined, recognised by a literal or by a name of JOINED;
- explained: a comment that begins with one of REASONS, on the line, on a line of its own above the statement, or as the
  first line of a block for all of it.

The same goes for ranges whose ends may be out of order, for repeated elements and lengths of slices, which must not be
negative, for `abs`, and for a minus sign before a name.
Types are not known here, so that floating point needs its comment, too.
"""

import pathlib
import re
import sys

TARGETS = ["KubernetesAPI", "AerieAPI", "Suggestion", "Decisions", "Operator"]
# The parser computes with positions in the text before it, and has a fuzzer of its own.
EXCEPT = ["Sources/KubernetesAPI/JSON", "Sources/KubernetesAPI/SaturatingArithmetic.swift"]
REASONS = ("Cannot overflow:", "Floating point:", "From text:", "In order:")
# Names and calls that give texts or lists.
JOINED = re.compile(
    r"(?:\b\w*(?:[eE]rrors|[rR]eferences|[wW]arnings|problems|findings|changes|elements|environment|[fF]ields|checkpoints"
    r"|latestFirst|ports|parameterNames|folder|further|\.utf8|schemaFields)\b(?:\([^()]*\))?"
    r"|\b\w*(?:validate\w*|Errors|errors|References|references|checkWord|podReferences|Informers|apply|map|flatMap|compactMap"
    r"|filter|joined)\b\s*[({].*)$", re.S)

OPERATOR = re.compile(r"(?<=\s)(?:[-+*/%]=?)(?=\s)")
REDUCED = re.compile(r"\breduce\([^(){}]*,\s*[-+*]\)")
CONVERSION = re.compile(r"(?<![.\w])U?Int(?:8|16|32|64|128)?\((?!exactly:|clamping:|ascii:|bitPattern:|truncatingIfNeeded:|Int32\.max\)|\))")
RANGE = re.compile(r"(?<=[\w)\]])(?:\.\.<|\.\.\.)(?=[\w(\-])")
REPEATED = re.compile(r"\brepeating:[^,]*,\s*count:\s*")
SLICE = re.compile(r"\.(?:prefix|suffix|dropFirst|dropLast|removeFirst|removeLast)\((?=[^(){}]*\))(?!while:|where:|through:|upTo:|from:)([^(){}]+)\)")
CONSTANT = re.compile(r"(?:[A-Z]\w*\.)+\w+$|\w*[lL]imit$|[\w.]+\.count$")
MAGNITUDE = re.compile(r"(?<![.\w])abs\(")
NEGATION = re.compile(r"(?<=[\s(,=:\[?])-(?=[A-Za-z_(])")
LITERAL = re.compile(r"(?:Int\(Int32\.max\)|-?\d[\d_]*(?:\.\d+)?(?:e-?\d+)?|0x[\da-fA-F_]+|UInt8\(ascii: \"[^\"]*\"\))$")
SIZE = re.compile(r"[\w.)\]?]+\.count$")


def code_only(text):
    """The text with comments and the words of string literals blanked; interpolations, quotes and lines stay."""
    out, stack, index = [], [], 0  # of the stack each is a string's quote and hashes, or the depth of an interpolation

    def blank(part):
        out.append(re.sub(r"[^\n]", " ", part))

    while index < len(text):
        inside = stack and isinstance(stack[-1], tuple)
        if inside:
            quote, hashes = stack[-1]
            escape = "\\" + hashes
            if text.startswith(quote + hashes, index):
                out.append('"' + " " * (len(quote + hashes) - 1))
                index += len(quote + hashes)
                stack.pop()
            elif text.startswith(escape + "(", index):
                blank(text[index:index + len(escape)])
                out.append("(")
                index += len(escape) + 1
                stack.append(0)
            elif text.startswith(escape, index):
                blank(text[index:index + len(escape) + 1])
                index += len(escape) + 1
            else:
                blank(text[index])
                index += 1
            continue
        comment = re.compile(r"//[^\n]*|/\*.*?\*/", re.S).match(text, index)
        string = re.compile(r'(#*)("""|")').match(text, index)
        if comment:
            blank(comment.group())
            index = comment.end()
        elif string:
            out.append('"' + " " * (len(string.group()) - 1))
            stack.append((string.group(2), string.group(1)))
            index = string.end()
        else:
            if stack:
                stack[-1] += {"(": 1, ")": -1}.get(text[index], 0)
                if stack[-1] < 0:
                    stack.pop()
            out.append(text[index])
            index += 1
    return "".join(out)


def opening(code, end):
    """Where the bracket opens that closes before `end`, or -1."""
    depth = 0
    for index in range(end - 1, -1, -1):
        depth += {")": 1, "]": 1, "}": 1, "(": -1, "[": -1, "{": -1}.get(code[index], 0)
        if depth == 0:
            return index
    return -1


def closing(code, start):
    """Where the bracket at `start` closes."""
    depth = 0
    for index in range(start, len(code)):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(code[index], 0)
        if depth == 0:
            return index
    return len(code) - 1


def operand_before(code, position):
    """The operand that ends at `position`, with the calls and brackets that belong to it."""
    end = len(code[:position].rstrip())
    start = end
    while start > 0:
        if code[start - 1] in ")]}":
            start = opening(code, start)
            if start > 0 and code[start] == "{" and code[start - 1] == " ":
                start = len(code[:start].rstrip())  # a closure that trails a call
        elif re.match(r"[\w.?!@$]", code[start - 1]):
            start -= 1
        elif code[start - 1] == '"':
            return code[code.rfind('"', 0, start - 1):end]
        else:
            break
    return code[max(0, start):end]


def operand_after(code, position, trailing=True):
    """The operand that begins at `position`, with a closure that trails it unless that is a statement's body."""
    start = position + len(code[position:]) - len(code[position:].lstrip())
    end = start
    while end < len(code):
        if code[end] in "([" or (code[end] == "{" and end > start and trailing):
            end = closing(code, end) + 1
        elif re.match(r"[\w.?!@$\\-]", code[end]):
            end += 1
        elif trailing and code[end] == " " and code[end + 1:end + 2] == "{" and end > start:
            end += 1
        else:
            break
    return code[start:end] if end > start else code[start:start + 1]


def is_joined(operand):
    """Whether an operand is a text or a list, as far as can be seen."""
    if operand.startswith(('"', "[")) or operand.endswith('"'):
        return True
    if operand.startswith("(") and ('"' in operand or "?? []" in operand or "[" == operand[1:2]):
        return True
    return bool(JOINED.search(operand))


def is_plain(operand):
    return bool(LITERAL.fullmatch(operand) or SIZE.search(operand))


def is_fine(code, match):
    """Whether the operator at `match` is one of the allowed forms."""
    operator = match.group()
    left, right = operand_before(code, match.start()), operand_after(code, match.end())
    if code[:match.start()].rstrip().endswith("func"):
        return True
    if operator in ("+", "+=") and (is_joined(left) or is_joined(right)):
        return True
    if operator in ("/", "%", "/=", "%="):
        return bool(LITERAL.fullmatch(right)) and not re.fullmatch(r"[0_.]+", right)
    if LITERAL.fullmatch(left) and LITERAL.fullmatch(right):
        return True
    return operator in ("+", "-", "*") and is_plain(left) and is_plain(right)


def suspects(code):
    """Each place that may trap, and what it is."""
    for match in OPERATOR.finditer(code):
        if not is_fine(code, match):
            yield match.start(), f"`{match.group()}` on numbers that may be anything"
    for match in REDUCED.finditer(code):
        yield match.start(), f"`{match.group()}` may overflow; use total"
    for match in CONVERSION.finditer(code):
        yield match.start(), f"`{match.group()}…)` may not fit; say clamping, exactly or truncatingIfNeeded"
    for match in RANGE.finditer(code):
        left, right = operand_before(code, match.start()), operand_after(code, match.end(), trailing=False)
        literal = LITERAL.fullmatch(left) or re.search(r"UInt8\(ascii: \" *\"\)$", left) or left == ""
        if left == right or (literal and (is_plain(right) or right.startswith("UInt8(ascii:"))):
            continue
        yield match.start(), f"`{left}{match.group()}{right}` traps when its ends are out of order"
    for match in REPEATED.finditer(code):
        if not re.match(r"max\(0,|\d+\)", code[match.end():]):
            yield match.start(), "`count:` of repeated elements traps below 0; say max(0, …)"
    for match in SLICE.finditer(code):
        if not (LITERAL.fullmatch(match.group(1)) or CONSTANT.fullmatch(match.group(1))):
            yield match.start(), f"`{match.group()}` traps below 0; say max(0, …)"
    for match in MAGNITUDE.finditer(code):
        yield match.start(), "`abs` of the smallest number traps; use magnitude"
    for match in NEGATION.finditer(code):
        yield match.start(), "`-` of the smallest number traps"


def explained(lines, code_lines):
    """The numbers of the lines, from 0, that a comment with a reason speaks for."""
    covered = set()
    for number, line in enumerate(lines):
        comment = re.search(r"//\s*(.*)", line)
        if not comment or not comment.group(1).startswith(REASONS):
            continue
        if code_lines[number].strip():  # behind code
            covered.add(number)
            continue
        indent = len(line) - len(line.lstrip())
        before = next((code_lines[i].rstrip() for i in range(number - 1, -1, -1) if code_lines[i].strip()), "")
        whole = before.endswith("{") or re.search(r"\{.* in$", before)
        below = (i for i in range(number + 1, len(lines)) if code_lines[i].strip())
        for position, i in enumerate(below):
            depth = len(lines[i]) - len(lines[i].lstrip())
            if depth < indent or (not whole and position > 0 and depth == indent and not re.match(r"[})\]+.?:&|]", lines[i].strip())):
                break
            covered.add(i)
    return covered


def problems(path, text):
    code = code_only(text)
    lines, code_lines = text.split("\n"), code.split("\n")
    covered = explained(lines, code_lines)
    for position, what in sorted(suspects(code)):
        number = code.count("\n", 0, position)
        if number not in covered:
            yield f"{path}:{number + 1}: {what}\n    {lines[number].strip()}"


def main(folders):
    found, files = [], 0
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*.swift")):
            if any(path.is_relative_to(other) for other in EXCEPT):
                continue
            files += 1
            found += problems(path, path.read_text())
    if files == 0:
        sys.exit("no files to check")
    print("\n".join(found) or f"arithmetic: {files} files hold")
    sys.exit(bool(found))


if __name__ == "__main__":
    main(sys.argv[1:] or [f"Sources/{target}" for target in TARGETS])
