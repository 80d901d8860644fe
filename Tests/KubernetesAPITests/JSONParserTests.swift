import KubernetesAPI
import TestRandom
import Testing

@Suite struct JSONParserTests {
    static let accepted: [(String, JSONValue)] = [
        ("null", nil), (" true ", true), ("false", false), ("0", 0), ("-0", 0), ("-12", -12),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.5", 1.5), ("1e3", .number(1_000)),
        ("1E+2", .number(100)), ("25e-1", 2.5), ("-0.0", .number(-0.0)), ("\"\"", ""), ("\"a b\"", "a b"),
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\u20AC""#, "é€"), (#""\ud83d\ude00""#, "😀"),
        ("\"é€😀\"", "é€😀"), ("\"\u{2028}\"", "\u{2028}"), ("\"\u{7F}\"", "\u{7F}"), (#""\u0000""#, "\0"),
        // As in Go: half of a pair becomes the replacement character.
        (#""\ud83dx""#, "\u{FFFD}x"), (#""\ude00""#, "\u{FFFD}"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
        ("[]", []), ("[ ]", []), ("[1,[2],{}]", [1, [2], [:]]), ("{}", [:]), ("{ }", [:]),
        ("{\"a\":1,\"b\":{\"c\":[]}}", ["a": 1, "b": ["c": []]]), ("\t{\"a\"\r\n: 1 , \"b\" :2}\n", ["a": 1, "b": 2]),
        ("{\"a\":1,\"a\":2}", ["a": 2]), ("{\"\":0}", ["": 0]), (#"{"\u0061":1}"#, ["a": 1]),
    ]

    @Test(arguments: accepted) func `valid documents are read`(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "nulL", "True", "truee", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x10", "1_000", "NaN",
        "Infinity", "-Infinity", "1e999", "'a'", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"",
        "\"\\u 123\"", "\"a\nb\"", "\"\t\"", "\"\u{1}\"", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1}", "{",
        "}", "{a:1}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1", "{,}", "{1:2}", "{\"a\" 1}", "{\"a\":1 \"b\":2}",
        "1 2", "{}{}", "[] x", "// a\n1", "\u{FEFF}1", "\u{A0}1",
    ])
    func `invalid documents are refused`(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0xFF, 0x22],
        ] as [[UInt8]])
    func `strings that are not UTF-8 are refused`(bytes: [UInt8]) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: bytes) }
    }

    @Test func `nesting has a limit`() throws {
        let limit = JSONValue.maximumDepth
        let deep = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
        #expect(throws: Never.self) { try JSONValue(parsing: deep) }
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: "[\(deep)]") }
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: String(repeating: "{\"a\":", count: 100_000)) }
    }

    @Test func `an error says where`() {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: "[1, 2,]") }
        #expect(error?.description == "invalid JSON at byte 6: a value cannot start here")
    }

    @Test(arguments: 0..<200) func `what is written is read back`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let value = JSONValue.random(depth: 4, using: &random)
        #expect(try JSONValue(parsing: value.serialized) == value)
    }

    @Test(arguments: 0..<200) func `a broken document is read or refused, and never traps`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            var bytes = JSONValue.random(depth: 4, using: &random).serialized
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(Array("{}[]\",:\\u0123e.-".utf8).randomElement(using: &random) ?? 0, at: index)
                default: bytes.removeSubrange(index...)
                }
            }
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            #expect((try? JSONValue(parsing: value.serialized)) == value)
        }
    }
}

extension JSONValue {
    static func random(depth: Int, using random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth == 0 ? 5 : 7), using: &random) {
        case 0: .null
        case 1: .bool(.random(using: &random))
        case 2: .integer(.random(in: .min ... .max, using: &random))
        case 3: .number(Double(Int.random(in: -1_000_000...1_000_000, using: &random)) / 1_024 + 1.0 / 2_048)
        case 4: .string(text(using: &random))
        case 5:
            .array((0..<Int.random(in: 0...4, using: &random)).map { _ in .random(depth: depth - 1, using: &random) })
        default:
            .object(
                Dictionary(
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in
                        (text(using: &random), .random(depth: depth - 1, using: &random))
                    }
                ) { $1 })
        }
    }

    private static func text(using random: inout SeededGenerator) -> String {
        let scalars: [Unicode.Scalar] = ["a", "b", "\"", "\\", "/", "\n", "\0", "\u{7F}", "é", "\u{2028}", "😀", " "]
        return (0..<Int.random(in: 0...6, using: &random)).reduce(into: "") { text, _ in
            text.unicodeScalars.append(scalars.randomElement(using: &random) ?? "a")
        }
    }
}
