/// Lines of logs, messages of events and every other text.
extension Redaction {
    /// The same text without what looks like a secret: tokens by their form, and values after telling names.
    func text(_ text: String) -> String {
        guard Self.mayHold(text) else { return text }
        var result = text
        result = result.replacing(Self.privateKey, with: Self.mark)
        result = result.replacing(Self.webToken, with: Self.mark)
        result = result.replacing(Self.knownKeys, with: Self.mark)
        result = result.replacing(Self.userInAddress) { "://\(Self.mark)@\($0.output.1)" }
        result = result.replacing(Self.authorization) { "\($0.output.1)\(Self.mark)" }
        result = result.replacing(Self.named) { "\($0.output.1)\(Self.mark)" }
        return result
    }

    /// A quick look, since most lines hold nothing of the kind and patterns are slow.
    private static func mayHold(_ text: String) -> Bool {
        let lower = text.lowercased()
        return signs.contains { lower.contains($0) }
    }

    private static let signs = [
        "pass", "token", "secret", "key", "credential", "bearer", "basic", "eyj", "akia", "asia", "gh", "aiza", "xox",
        "://",
        "signature", "sig=",
    ]

    // Patterns are values without state, but their type is not marked so; each use makes its own.
    private static var privateKey: Regex<Substring> {
        #/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/#
    }
    private static var webToken: Regex<Substring> {
        #/eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/#
    }
    private static var knownKeys: Regex<Substring> {
        #/(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|AIza[0-9A-Za-z_-]{30,}|xox[a-z]-[0-9A-Za-z-]{10,}/#
    }
    private static var userInAddress: Regex<(Substring, Substring)> { #/:\/\/[^\/\s:@]+:[^\/\s@]+@([^\s])/# }
    private static var authorization: Regex<(Substring, Substring)> {
        #/((?i:bearer|basic)\s+)[A-Za-z0-9._~+\/=-]{8,}/#
    }
    private static var named: Regex<(Substring, Substring)> {
        #/
        (
          (?i: passw(?:or)?d | passphrase | token | secret | (?:api|access|secret|account)[_-]?key | credentials?
             | x-amz-signature | sig )
          ["']? \s* [=:] \s* ["']?
        )
        [^\s"',;&}]+
        /#
    }
}
