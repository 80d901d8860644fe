import Glibc

/// Finds places within a directory as if it were `/`, so that nothing in a layer reaches what is outside.
///
/// Symbolic links that layers brought are followed within the directory: `/run` means its own `run`. Nobody else may
/// change the directory meanwhile.
struct RootDirectory {
    let path: String
    /// The last place found; most members of a layer share it with the one before.
    private var recent: (components: [String], path: String)?

    init(path: String) { self.path = path }

    /// The parts of a member's name, without `.` and empty ones.
    ///
    /// - Throws: ``ImageError/Code/invalidContent`` for a name with `..`.
    static func components(of name: String) throws(ImageError) -> [String] {
        let components = name.split(separator: "/").filter { $0 != "." }.map(String.init)
        guard !components.contains("..") else { throw escape(name) }
        return components
    }

    /// The directory that the components lead to, made where it is missing, as a path without symbolic links.
    ///
    /// - Throws: ``ImageError/Code/invalidContent`` where a link leads outside or a file is in the way.
    mutating func directory(_ components: [String]) throws(ImageError) -> String {
        if let recent, recent.components == components { return recent.path }
        let found = try find(components)
        recent = (components, found)
        return found
    }

    /// To be called when a link was made or something was removed.
    mutating func forget() { recent = nil }

    /// The directory, if every component is one and none is a link.
    func plainDirectory(_ components: [String]) throws(ImageError) -> String? {
        var current = path
        for component in components {
            current += "/\(component)"
            guard try FileSystem.status(current)?.kind == .directory else { return nil }
        }
        return current
    }

    private func find(_ components: [String]) throws(ImageError) -> String {
        let name = components.joined(separator: "/")
        var found: [String] = []
        var pending = Array(components.reversed())
        var links = 0
        while let component = pending.popLast() {
            if component == ".." {
                guard found.popLast() != nil else { throw Self.escape(name) }
                continue
            }
            let candidate = ([path] + found + [component]).joined(separator: "/")
            switch try FileSystem.status(candidate)?.kind {
            case nil:
                try FileSystem.makeDirectories(candidate)
                found.append(component)
            case .directory: found.append(component)
            case .symbolicLink:
                links += 1
                guard links <= 40 else {
                    throw ImageError(.invalidContent, "the layer's member '\(name)' follows too many symbolic links")
                }
                let target = try FileSystem.linkTarget(candidate)
                if target.hasPrefix("/") { found = [] }
                pending += target.split(separator: "/").filter { $0 != "." }.reversed().map(String.init)
            case .file, .other:
                throw ImageError(.invalidContent, "the layer's member '\(name)' lies below '\(component)', a file")
            }
        }
        return ([path] + found).joined(separator: "/")
    }

    private static func escape(_ name: String) -> ImageError {
        ImageError(.invalidContent, "the layer's member '\(name)' leads outside of the image; refused")
    }
}
