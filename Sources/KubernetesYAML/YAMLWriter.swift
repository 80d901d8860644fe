public import KubernetesAPI

/// Writes values as people and `kubectl` write Kubernetes objects: in block style, with `apiVersion`, `kind`,
/// `metadata`, `spec` and `status` first and the other members by name.
///
/// The same value gives the same bytes, so generated files can be compared.
public enum YAMLWriter {
    /// One document, without a leading `---`.
    public static func text(_ value: JSONValue) -> String {
        var output = ""
        write(value, indent: 0, to: &output)
        return output
    }

    private static let leadingMembers = ["apiVersion", "kind", "metadata", "name", "namespace", "spec", "status"]

    private static func ordered(_ members: JSONObject) -> [(key: String, value: JSONValue)] {
        func rank(_ name: String) -> Int { leadingMembers.firstIndex(of: name) ?? leadingMembers.count }
        return members.sorted { (rank($0.key), $0.key) < (rank($1.key), $1.key) }
    }

    private static func write(_ value: JSONValue, indent: Int, to output: inout String) {
        let margin = String(repeating: " ", count: indent)
        switch value {
        case .object(let members) where !members.isEmpty:
            for member in ordered(members) {
                output += "\(margin)\(scalar(member.key)):"
                writeMember(member.value, indent: indent, to: &output)
            }
        case .array(let elements) where !elements.isEmpty:
            for element in elements {
                var lines = ""
                write(element, indent: indent + 2, to: &lines)
                output += "\(margin)- \(lines.dropFirst(isBlock(element) ? indent + 2 : 0))"
            }
        default: output += "\(inline(value))\n"
        }
    }

    private static func writeMember(_ value: JSONValue, indent: Int, to output: inout String) {
        guard isBlock(value) else {
            output += " \(inline(value))\n"
            return
        }
        output += "\n"
        // As kubectl does, elements of a list begin in the column of the list's name.
        write(value, indent: value.arrayValue == nil ? indent + 2 : indent, to: &output)
    }

    private static func isBlock(_ value: JSONValue) -> Bool {
        switch value {
        case .object(let members): !members.isEmpty
        case .array(let elements): !elements.isEmpty
        default: false
        }
    }

    private static func inline(_ value: JSONValue) -> String {
        switch value {
        case .object: "{}"
        case .array: "[]"
        case .string(let text): scalar(text)
        default: value.description
        }
    }

    /// Plain where every reader takes it for the same string; otherwise a JSON string, which is YAML too.
    private static func scalar(_ text: String) -> String {
        let isSafe = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: " ._-/$+()=;<>".utf8.contains(byte)
            }
        }
        let startsPlain = text.first.map { $0.isASCII && ($0.isLetter || $0 == "/" || $0 == "$") } ?? false
        // YAML 1.1 readers take these for booleans.
        let isOldBoolean = ["y", "n", "yes", "no", "on", "off"].contains(text.lowercased())
        let isPlain = isSafe && startsPlain && !text.hasSuffix(" ") && !isOldBoolean
        return isPlain && plainScalar(text) == .string(text) ? text : quoted(text)
    }

    /// A JSON string in which the characters that YAML calls not printable are escaped as well.
    private static func quoted(_ text: String) -> String {
        JSONValue.string(text).description.unicodeScalars.reduce(into: "") { output, scalar in
            switch scalar.value {
            case 0x7F...0x84, 0x86...0x9F, 0xFEFF, 0xFFFE, 0xFFFF:
                let digits = String(scalar.value, radix: 16)
                output += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)"
            default: output.unicodeScalars.append(scalar)
            }
        }
    }
}
