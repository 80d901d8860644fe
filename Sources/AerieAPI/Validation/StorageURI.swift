public import KubernetesAPI

/// Where data or checkpoints lie, as a user writes it.
public enum StorageURI: Hashable, Sendable {
    /// `pvc://<claim>/<path>`: a folder of a PersistentVolumeClaim of the same namespace; an empty path is its root.
    case claim(String, path: String)
    /// `file:///<path>`: a folder of the node.
    case nodeFolder(String)
    /// `s3://`, `gs://`, `az://` or `https://`: read by the trainer itself.
    case remote(String)

    /// Throws the sentence that says what is wrong and what would be right.
    public init(_ text: String) throws(FieldError) {
        guard let colon = text.range(of: "://") else {
            throw FieldError(
                "", "is \"\(text)\"; write pvc://<claim>/<folder>, file:///<folder>, s3://…, gs://… or az://…")
        }
        let rest = String(text[colon.upperBound...])
        let segments = rest.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        guard !segments.contains(".."), !segments.contains(".") else {
            throw FieldError("", "is \"\(text)\"; name the folder without `.` and `..`")
        }
        switch text[..<colon.lowerBound] {
        case "pvc":
            guard let claim = segments.first, !rest.hasPrefix("/") else {
                throw FieldError("", "is \"\(text)\"; name the claim: pvc://<claim>/<folder>")
            }
            guard DNSName.isSubdomain(claim) else {
                throw FieldError("", "names the claim \"\(claim)\", which no PersistentVolumeClaim can be called")
            }
            self = .claim(claim, path: segments.dropFirst().joined(separator: "/"))
        case "file":
            guard rest.hasPrefix("/"), !segments.isEmpty else {
                throw FieldError(
                    "", "is \"\(text)\"; write an absolute folder with three slashes: file:///data/landsat")
            }
            self = .nodeFolder("/" + segments.joined(separator: "/"))
        case "s3", "gs", "az", "https":
            guard !segments.isEmpty else { throw FieldError("", "is \"\(text)\"; name the bucket or host") }
            self = .remote(text)
        case let scheme:
            throw FieldError(
                "", "has the scheme \"\(scheme)\"; known are pvc, file, s3, gs, az and https")
        }
    }

    /// The same place, one folder further down.
    public func appending(_ folder: String) -> StorageURI {
        switch self {
        case .claim(let claim, let path): .claim(claim, path: path.isEmpty ? folder : "\(path)/\(folder)")
        case .nodeFolder(let path): .nodeFolder("\(path)/\(folder)")
        case .remote(let text): .remote(text.hasSuffix("/") ? text + folder : "\(text)/\(folder)")
        }
    }
}

extension StorageURI: CustomStringConvertible {
    public var description: String {
        switch self {
        case .claim(let claim, ""): "pvc://\(claim)"
        case .claim(let claim, let path): "pvc://\(claim)/\(path)"
        case .nodeFolder(let path): "file://\(path)"
        case .remote(let text): text
        }
    }
}

extension String {
    /// The first place where `other` occurs.
    fileprivate func range(of other: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            // In order: the text goes on for as long as what was found in it.
            if self[start...].hasPrefix(other) { return start..<index(start, offsetBy: other.count) }
            start = index(after: start)
        }
        return nil
    }
}
