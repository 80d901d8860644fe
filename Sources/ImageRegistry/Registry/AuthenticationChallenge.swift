/// What a registry asks for when it answers 401.
///
/// - SeeAlso: RFC 9110, section 11.6.1, and the token specification of the Docker distribution.
enum AuthenticationChallenge: Hashable {
    case basic
    case bearer(realm: String, service: String?)

    /// The strongest challenge of some `WWW-Authenticate` fields that we can answer.
    init?(fields: [String]) {
        let challenges = fields.compactMap(Self.init(field:))
        guard let best = challenges.first(where: { $0 != .basic }) ?? challenges.first else { return nil }
        self = best
    }

    private init?(field: String) {
        let parts = field.split(separator: " ", maxSplits: 1)
        switch parts.first?.lowercased() {
        case "basic": self = .basic
        case "bearer":
            let parameters = Self.parameters(parts.count == 2 ? parts[1] : "")
            guard let realm = parameters["realm"] else { return nil }
            self = .bearer(realm: realm, service: parameters["service"])
        default: return nil
        }
    }

    /// `name="value",name=value`; commas may stand within quotes.
    private static func parameters(_ text: Substring) -> [String: String] {
        var parameters: [String: String] = [:]
        var rest = text
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].filter { $0 != " " && $0 != "," }.lowercased()
            rest = rest[rest.index(after: equals)...]
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let character = rest.popFirst(), character != "\"" {
                    value.append(character == "\\" ? rest.popFirst() ?? character : character)
                }
            } else {
                value = String(rest.prefix { $0 != "," })
                rest = rest.dropFirst(value.count)
            }
            parameters[name] = value
        }
        return parameters
    }
}
