/// A bearer token or where to find it; its text never shows the token.
public enum TokenSource: Hashable, Sendable, CustomStringConvertible {
    case none
    case fixed(String)
    /// Read again for every request, since a kubelet rotates projected tokens; a kilobyte from memory costs some
    /// microseconds.
    case file(String)

    public var description: String {
        switch self {
        case .none: "no token"
        case .fixed: "a token"
        case .file(let path): "the token in \(path)"
        }
    }

    /// The token as it is now.
    ///
    /// - Throws: ``ConfigurationError`` when the file cannot be read or is empty.
    func current() throws(ConfigurationError) -> String? {
        switch self {
        case .none: nil
        case .fixed(let token): token
        case .file(let path): try Self.trimmed(readFile(path, what: "the token file"), path: path)
        }
    }

    private static func trimmed(_ bytes: [UInt8], path: String) throws(ConfigurationError) -> String {
        let isSpace: (UInt8) -> Bool = { $0 <= 0x20 }
        let text = bytes.drop(while: isSpace)
        let end = text.lastIndex { !isSpace($0) }
        guard let end else { throw ConfigurationError("the token file \(path) is empty") }
        return String(decoding: text[...end], as: UTF8.self)
    }
}
