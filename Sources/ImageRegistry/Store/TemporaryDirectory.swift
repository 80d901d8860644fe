/// A directory that is filled before it gets its final name.
///
/// It is locked as long as this value is in use, so that what a killed process left behind can be told apart and removed.
struct TemporaryDirectory: Sendable {
    let path: String
    private let lock: OpenFile

    /// Makes a new directory, and removes those that nobody works on any more.
    init(in parent: String) throws(ImageError) {
        try FileSystem.makeDirectories(parent)
        for name in try FileSystem.names(in: parent) {
            guard let abandoned = try? OpenFile(directory: "\(parent)/\(name)"), abandoned.tryLock() else { continue }
            try FileSystem.remove("\(parent)/\(name)")
        }
        path = "\(parent)/\(UInt64.random(in: .min ... .max))"
        try FileSystem.makeDirectories(path)
        lock = try OpenFile(directory: path)
        guard lock.tryLock() else { throw ImageError(.fileSystem, "cannot lock \(path)") }
    }

    /// Gives the directory its final name, at once.
    ///
    /// When another process was faster its result, which is the same, stays.
    func publish(as final: String) throws(ImageError) {
        do throws(ImageError) {
            try FileSystem.rename(path, to: final)
        } catch {
            guard try FileSystem.status(final) != nil else { throw error }
            try remove()
        }
    }

    func remove() throws(ImageError) { try FileSystem.remove(path) }
}
