package import TensorFlow

/// The versions of a model and how far each of them is.
package struct VersionTable: Sendable {
    private struct Entry {
        var status: ModelVersionStatus
        var loaded: ModelVersion?
    }
    private let name: String
    private var entries: [Int64: Entry]

    package init(name: String, versions: some Sequence<Int64>) {
        self.name = name
        entries = [:]
        for version in versions { entries[version] = Entry(status: .init(version: version, state: .start)) }
    }

    package mutating func beginLoading(_ version: Int64) { entries[version]?.status.state = .loading }

    package mutating func finishLoading(_ loaded: ModelVersion) {
        entries[loaded.version] = Entry(status: .init(version: loaded.version, state: .available), loaded: loaded)
    }

    /// A version that cannot be loaded has come to its end.
    package mutating func fail(_ version: Int64, with error: TFError) {
        entries[version] = Entry(status: .init(version: version, state: .end, error: error))
    }

    /// The server stops; what is loaded answers the requests that are already here.
    package mutating func beginUnloading() {
        for version in entries.keys where entries[version]?.loaded != nil {
            entries[version]?.status.state = .unloading
        }
    }

    /// Whether new requests should be sent here: every version is loaded.
    package var isReady: Bool { entries.values.allSatisfy { $0.status.state == .available } }

    /// The statuses of all versions, or of one; the highest version first.
    package func statuses(of choice: VersionChoice) throws(TFError) -> [ModelVersionStatus] {
        switch choice {
        case .latest: return entries.values.map(\.status).sorted { $0.version > $1.version }
        case .number, .label: return [try entry(choice).status]
        }
    }

    /// The version that answers.
    ///
    /// - Throws: `notFound` for a version that is not served, `unavailable` for one that is not loaded yet.
    package func model(_ choice: VersionChoice) throws(TFError) -> ModelVersion {
        let entry = try entry(choice)
        if let loaded = entry.loaded { return loaded }
        throw TFError(.unavailable, "version \(entry.status.version) of \"\(name)\" is \(entry.status.state.rawValue)")
    }

    private func entry(_ choice: VersionChoice) throws(TFError) -> Entry {
        let version: Int64? =
            switch choice {
            case .latest: entries.keys.max()
            case .number(let number): number
            case .label(let label):
                throw TFError(.notFound, "model \"\(name)\" has no label \"\(label)\"; address versions by number")
            }
        guard let version, let entry = entries[version] else {
            let served = entries.keys.sorted().map(String.init).joined(separator: ", ")
            throw TFError(.notFound, "model \"\(name)\" has no version \(version ?? 0); it has \(served)")
        }
        return entry
    }
}
