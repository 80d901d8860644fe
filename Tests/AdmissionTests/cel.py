"""Compiles, prices and evaluates the validation rules of custom resource definitions.

usage: python -c "$(cat cel.py)" INPUT.json

INPUT holds {"definitions": {kind: CRD}, "cases": [{"kind", "object", "old"?}]}; objects have their defaults filled in.
The output is {"problems": [text], "costs": {rule: cost}, "total": {kind: cost}, "results": [[{"field", "message"}]]}.

cel-python evaluates; it has neither types nor prices, so those are found here, after what the API server does:
a rule that does not compile, or that may cost too much, makes a current server refuse the whole definition.
Prices are upper bounds: every operation is 1, text costs a tenth of its length, a pattern a quarter of its own per step.
"""

import dataclasses
import json
import sys

import celpy
from celpy import celtypes
from lark import Token, Tree

UNBOUNDED = 3 << 20  # bytes of the largest request
RESERVED = set("true false null in as break const continue else for function if import let loop package namespace return var void while".split())
ENVIRONMENT = celpy.Environment()


@dataclasses.dataclass
class Type:
    kind: str
    size: int = 1
    element: "Type | None" = None
    fields: "dict | None" = None


BOOL, INT, DOUBLE = Type("bool"), Type("int"), Type("double")


def text(size=UNBOUNDED):
    return Type("string", size)


def type_of(schema, root=False):
    """What CEL sees of a node; None where it sees nothing."""
    if schema.get("x-kubernetes-int-or-string"):
        return Type("dyn", UNBOUNDED)
    kind = schema.get("type")
    if kind == "array":
        element = type_of(schema["items"])
        return element and Type("list", schema.get("maxItems", UNBOUNDED), element)
    if kind == "object" and "additionalProperties" in schema:
        element = type_of(schema["additionalProperties"])
        return element and Type("map", schema.get("maxProperties", UNBOUNDED), element)
    if kind == "object":
        properties = {name: type_of(node) for name, node in schema.get("properties", {}).items()}
        if root:
            properties["metadata"] = Type("object", fields={"name": text(), "generateName": text()})
        return Type("object", fields={name: found for name, found in properties.items() if found and name not in RESERVED})
    if kind == "string":
        if schema.get("format") == "date-time":
            return Type("timestamp")
        longest = max((len(word) for word in schema.get("enum", [])), default=UNBOUNDED // 4)
        return text(4 * schema.get("maxLength", longest))
    return {"integer": INT, "number": DOUBLE, "boolean": BOOL}.get(kind)


def weight(kind):
    """What comparing two values of a type may cost."""
    if kind.kind in ("list", "map"):
        return kind.size * weight(kind.element)
    if kind.kind == "object":
        return 1 + sum(weight(field) for field in kind.fields.values())
    return 1 + kind.size // 10


class Mistake(Exception):
    pass


class Checker:
    """Finds the type and the price of an expression."""

    def __init__(self, variables):
        self.variables = variables

    def check(self, node):
        if isinstance(node, Token):
            raise Mistake(f"unexpected {node}")
        rule = getattr(self, f"on_{node.data}", None)
        if rule:
            return rule(*node.children)
        if len(node.children) == 1:
            return self.check(node.children[0])
        raise Mistake(f"{node.data} is not among what rules may use")

    def all(self, nodes):
        checked = [self.check(node) for node in nodes]
        return [found for found, _ in checked], sum(price for _, price in checked)

    def expect(self, found, *kinds):
        if found.kind not in kinds:
            raise Mistake(f"expected {' or '.join(kinds)}, found {found.kind}")

    def logic(self, *nodes):
        if len(nodes) == 1:
            return self.check(nodes[0])
        types, price = self.all(nodes)
        for found in types:
            self.expect(found, "bool")
        return BOOL, price + 1

    on_conditionalor = on_conditionaland = logic

    def on_expr(self, *nodes):
        if len(nodes) == 1:
            return self.check(nodes[0])
        (condition, yes, no), price = self.all(nodes)
        self.expect(condition, "bool")
        if yes.kind != no.kind:
            raise Mistake(f"the branches are {yes.kind} and {no.kind}")
        return max(yes, no, key=lambda found: found.size), price + 1

    def on_relation(self, *nodes):
        if len(nodes) == 1:
            return self.check(nodes[0])
        left, right = nodes
        operator = left.data.removeprefix("relation_")
        (first, second), price = self.all([left.children[0], right])
        if operator == "in":
            if second.kind == "list" and second.element.kind == first.kind:
                return BOOL, price + second.size * weight(second.element)
            raise Mistake(f"{first.kind} in {second.kind}")
        # Cross-type comparisons came later than the oldest server that we support.
        if first.kind != second.kind:
            raise Mistake(f"{first.kind} {operator} {second.kind}")
        if operator not in ("eq", "ne"):
            self.expect(first, "int", "double")
        return BOOL, price + min(weight(first), weight(second))

    def on_addition(self, *nodes):
        if len(nodes) == 1:
            return self.check(nodes[0])
        (first, second), price = self.all([nodes[0].children[0], nodes[1]])
        self.expect(first, "int")
        self.expect(second, "int")
        return INT, price + 1

    def on_unary(self, *nodes):
        if len(nodes) == 1:
            return self.check(nodes[0])
        found, price = self.check(nodes[1])
        self.expect(found, {"unary_not": "bool", "unary_neg": "int"}[nodes[0].data])
        return found, price + 1

    def on_literal(self, token):
        kinds = {"STRING_LIT": text(len(token)), "INT_LIT": INT, "FLOAT_LIT": DOUBLE, "BOOL_LIT": BOOL}
        if token.type not in kinds:
            raise Mistake(f"literal {token}")
        return kinds[token.type], 0

    def on_list_lit(self, *nodes):
        types, price = self.all(nodes[0].children)
        if len({found.kind for found in types}) != 1:
            raise Mistake("a list of several types")
        return Type("list", len(types), max(types, key=lambda found: found.size)), price + 10

    def on_ident(self, name):
        if str(name) not in self.variables:
            raise Mistake(f"{name} is not defined")
        return self.variables[str(name)], 1

    def on_ident_arg(self, name, arguments):
        (argument,) = arguments.children
        found, price = self.check(argument)
        if name == "has":
            return BOOL, price + 1
        if name == "size":
            self.expect(found, "string", "list", "map")
            return INT, price + 1
        raise Mistake(f"function {name}")

    def on_member_dot(self, target, name):
        found, price = self.check(target)
        self.expect(found, "object")
        if str(name) not in found.fields:
            raise Mistake(f"there is no field {name}")
        return found.fields[str(name)], price + 1

    def on_member_index(self, target, index):
        (found, key), price = self.all([target, index])
        self.expect(found, "map", "list")
        self.expect(key, "string" if found.kind == "map" else "int")
        return found.element, price + 1

    def on_member_dot_arg(self, target, name, arguments=None):
        found, price = self.check(target)
        nodes = arguments.children if arguments else []
        if name in ("all", "exists", "exists_one", "filter"):
            self.expect(found, "list", "map")
            variable = str(next(nodes[0].scan_values(lambda token: isinstance(token, Token))))
            item = text() if found.kind == "map" else found.element
            body, each = Checker({**self.variables, variable: item}).check(nodes[1])
            self.expect(body, "bool")
            return (found if name == "filter" else BOOL), price + found.size * (each + 4) + 4
        types, further = self.all(nodes)
        price += further + 1
        if name == "size" and not nodes:
            self.expect(found, "string", "list", "map")
            return INT, price
        self.expect(found, "string")
        length = 1 + found.size // 10
        if name == "lowerAscii" and not nodes:
            return text(found.size), price + length
        self.expect(types[0], "string")
        if name == "matches":
            return BOOL, price + length * (1 + types[0].size // 4)
        if name in ("startsWith", "endsWith", "contains"):
            return BOOL, price + length
        raise Mistake(f"method {name}")


def lower_ascii(value):
    return celtypes.StringType("".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in value))


def compiled(rule):
    return ENVIRONMENT.program(ENVIRONMENT.compile(rule), functions={"lowerAscii": lower_ascii})


def nodes_with_rules(schema, path="", times=1, root=True):
    """All nodes of a definition that have rules, with how often each can occur in one object."""
    if "x-kubernetes-validations" in schema:
        yield path, schema, times, root
    for name, node in schema.get("properties", {}).items():
        yield from nodes_with_rules(node, f"{path}.{name}", times, False)
    if "additionalProperties" in schema:
        yield from nodes_with_rules(schema["additionalProperties"], f"{path}.*", times * schema.get("maxProperties", UNBOUNDED), False)
    if "items" in schema:
        yield from nodes_with_rules(schema["items"], f"{path}[]", times * schema.get("maxItems", UNBOUNDED), False)


def price_all(definitions):
    problems, costs, totals = [], {}, {}
    for kind, schema in definitions.items():
        totals[kind] = 0
        for path, node, times, root in nodes_with_rules(schema):
            own = type_of(node, root)
            for rule in node["x-kubernetes-validations"]:
                where = f"{kind}{path}: {rule['rule']}"
                try:
                    found, price = Checker({"self": own, "oldSelf": own}).check(ENVIRONMENT.compile(rule["rule"]))
                    if found.kind != "bool":
                        raise Mistake(f"is a {found.kind}, not a bool")
                    field = own
                    for name in filter(None, rule.get("fieldPath", "").split(".")):
                        field = (field.fields or {}).get(name)
                        if not field:
                            raise Mistake(f"fieldPath {rule['fieldPath']} names nothing")
                    if "oldSelf" in rule["rule"] and "[]" in path:
                        raise Mistake("elements of lists have no old value that is certain")
                    if not rule["message"] or "\n" in rule["message"] or len(rule["message"]) > 2048:
                        raise Mistake("the message is not one line")
                except Exception as error:
                    problems.append(f"{where}: {error}")
                    continue
                costs[where] = price * times
                totals[kind] += price * times
    return problems, costs, totals


def cel_value(value, schema, root=False):
    """The value as CEL sees it."""
    kind = type_of(schema, root)
    if kind is None or value is None:
        return None
    if kind.kind == "list":
        return celtypes.ListType([cel_value(item, schema["items"]) for item in value])
    if kind.kind == "map":
        return celtypes.MapType({celtypes.StringType(key): cel_value(item, schema["additionalProperties"]) for key, item in value.items()})
    if kind.kind == "object":
        known = {name: cel_value(item, schema["properties"][name]) for name, item in value.items() if name in schema.get("properties", {})}
        if root:
            known["metadata"] = celtypes.MapType({celtypes.StringType("name"): celtypes.StringType(value["metadata"].get("name", ""))})
        return celtypes.MapType({celtypes.StringType(name): item for name, item in known.items() if item is not None})
    makers = {"int": celtypes.IntType, "double": celtypes.DoubleType, "bool": celtypes.BoolType, "string": celtypes.StringType}
    return makers.get(kind.kind, celpy.json_to_cel)(value)


def evaluate(value, old, schema, path="", root=True):
    """Yields what the rules refuse; `old` is None where there is no stored value to compare with."""
    if value is None:
        return
    for rule in schema.get("x-kubernetes-validations", []):
        is_transition = "oldSelf" in rule["rule"]
        if is_transition and old is None:
            continue
        variables = {"self": cel_value(value, schema, root)}
        if is_transition:
            variables["oldSelf"] = cel_value(old, schema, root)
        if not compiled(rule["rule"]).evaluate(variables):
            yield {"field": (path + rule.get("fieldPath", "")).lstrip("."), "message": rule["message"]}
    for name, node in schema.get("properties", {}).items():
        if name in value:
            yield from evaluate(value[name], (old or {}).get(name), node, f"{path}.{name}", False)
    if "additionalProperties" in schema:
        for name, item in value.items():
            yield from evaluate(item, (old or {}).get(name), schema["additionalProperties"], f"{path}.{name}", False)
    if "items" in schema:
        for index, item in enumerate(value):
            yield from evaluate(item, None, schema["items"], f"{path}[{index}]", False)


def main():
    with open(sys.argv[1]) as file:
        given = json.load(file)
    definitions = {
        kind: definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"] for kind, definition in given["definitions"].items()
    }
    problems, costs, totals = price_all(definitions)
    results = []
    for case in given["cases"]:
        results.append(list(evaluate(case["object"], case.get("old"), definitions[case["kind"]])))
    json.dump({"problems": problems, "costs": costs, "totals": totals, "results": results}, sys.stdout)


main()
