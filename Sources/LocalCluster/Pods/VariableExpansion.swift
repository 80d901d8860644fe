/// Kubernetes' `$(NAME)` references in commands, arguments and variables.
///
/// - SeeAlso: `third_party/forked/golang/expansion` in the Kubernetes source.
package enum VariableExpansion {
    /// Replaces `$(NAME)` by its value and `$$` by `$`; a reference to an unknown name stays as it is.
    package static func expand(_ text: String, _ variables: [String: String]) -> String {
        var output: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "$"), index + 1 < bytes.count else {
                output.append(bytes[index])
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case UInt8(ascii: "$"):
                output.append(UInt8(ascii: "$"))
                index += 2
            case UInt8(ascii: "("):
                guard let end = bytes[(index + 2)...].firstIndex(of: UInt8(ascii: ")")) else {
                    output += bytes[index...(index + 1)]
                    index += 2
                    continue
                }
                let name = String(decoding: bytes[(index + 2)..<end], as: UTF8.self)
                output += variables[name].map { Array($0.utf8) } ?? Array(bytes[index...end])
                index = end + 1
            default:
                output += bytes[index...(index + 1)]
                index += 2
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
