import FoundationEssentials
import ImageRegistry
import Testing

/// Layers on top of each other, the way the OCI image specification wants them, and what must never happen.
@Suite struct UnpackingTests {
    /// A layer of members: a name that ends with `/` is a directory, `name=content` a file, `name->target` a symbolic link,
    /// `name=>target` a hard link.
    private func layer(_ members: String...) -> [UInt8] {
        var bytes: [UInt8] = []
        for member in members {
            let content: [UInt8]
            var entry: TarEntry
            if let range = member.firstRange(of: "->") {
                entry = TarEntry(
                    path: String(member[..<range.lowerBound]),
                    kind: .symbolicLink(target: String(member[range.upperBound...])))
                content = []
            } else if let range = member.firstRange(of: "=>") {
                entry = TarEntry(
                    path: String(member[..<range.lowerBound]),
                    kind: .hardLink(target: String(member[range.upperBound...])))
                content = []
            } else if let range = member.firstRange(of: "=") {
                content = Array(member[range.upperBound...].utf8)
                entry = TarEntry(path: String(member[..<range.lowerBound]), size: Int64(content.count))
            } else {
                entry = TarEntry(path: member, kind: member.hasSuffix("/") ? .directory : .file)
                content = []
            }
            bytes += entry.archived(content)
        }
        return bytes + [UInt8](repeating: 0, count: 1024)
    }

    private func unpack(_ layers: [UInt8]...) async throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try await MemoryImages.image(layers: layers).unpack(into: "\(folder.path)/rootfs")
        return folder
    }

    @Test func `later layers add to, replace and hide what is in earlier ones`() async throws {
        let folder = try await unpack(
            layer("etc/", "etc/kept=1", "etc/replaced=old", "etc/hidden=1", "var/cache/", "var/cache/a=1", "var/b=1"),
            layer("etc/replaced=new", "etc/.wh.hidden", "var/.wh.cache"))
        #expect(try folder.text("rootfs/etc/kept") == "1")
        #expect(try folder.text("rootfs/etc/replaced") == "new")
        #expect(!folder.exists("rootfs/etc/hidden"))
        #expect(!folder.exists("rootfs/etc/.wh.hidden"))
        #expect(!folder.exists("rootfs/var/cache"))
        #expect(folder.exists("rootfs/var/b"))
    }

    @Test func `an opaque directory hides lower layers, but not its own, in any order`() async throws {
        let folder = try await unpack(
            layer("d/", "d/lower=1", "d/sub/lower=1"),
            layer("d/sub/own=1", "d/first=1", "d/.wh..wh..opq", "d/second=1"))
        #expect(!folder.exists("rootfs/d/lower"))
        #expect(!folder.exists("rootfs/d/sub/lower"))
        #expect(folder.exists("rootfs/d/sub/own"))
        #expect(folder.exists("rootfs/d/first"))
        #expect(folder.exists("rootfs/d/second"))
    }

    @Test func `a whiteout does not hide what its own layer brings`() async throws {
        let folder = try await unpack(layer("x=old"), layer("x=new", ".wh.x"))
        #expect(try folder.text("rootfs/x") == "new")
    }

    @Test func `files, directories and links replace each other`() async throws {
        let folder = try await unpack(
            layer("a=file", "b/", "b/inner=1", "c->a", "target=1"),
            layer("a/", "a/inner=2", "b=file", "c=file"))
        #expect(try folder.text("rootfs/a/inner") == "2")
        #expect(try folder.text("rootfs/b") == "file")
        #expect(try folder.text("rootfs/c") == "file")
        #expect(try folder.text("rootfs/target") == "1")
    }

    @Test func `links within the image are followed as the image means them`() async throws {
        let folder = try await unpack(
            layer("usr/lib/", "lib->usr/lib", "run/", "var/run->/run"), layer("lib/x=1", "var/run/pid=2", "copy=>lib/x")
        )
        #expect(try folder.text("rootfs/usr/lib/x") == "1")
        #expect(try folder.text("rootfs/run/pid") == "2")
        #expect(try folder.text("rootfs/copy") == "1")
    }

    @Test func `an absolute name means the image's root`() async throws {
        let folder = try await unpack(layer("/etc/x=1", "./etc/y=2", "//etc//z=3"))
        #expect(try folder.text("rootfs/etc/x") + folder.text("rootfs/etc/y") + folder.text("rootfs/etc/z") == "123")
    }

    @Test func `permissions are set, also those that would keep later members out`() async throws {
        var readOnly = TarEntry(path: "locked", kind: .directory)
        readOnly.mode = 0o555
        let file = TarEntry(path: "locked/file", mode: 0o4711, size: 1)
        let bytes = readOnly.archived([]) + file.archived([1]) + [UInt8](repeating: 0, count: 1024)
        let folder = try await unpack(bytes)
        #expect(try folder.mode("rootfs/locked") == 0o555)
        #expect(try folder.mode("rootfs/locked/file") == 0o4711)
    }

    static let escapes = [
        ["../outside=1"],
        ["a/../../outside=1"],
        ["up->..", "up/../outside=1"],
        ["up->../..", "up/outside=1"],
        ["a/", "a/up->../..", "a/up/outside=1"],
        ["up->/../..", "up/outside=1"],
        ["link=>../outside"],
        ["up->..", "link=>up/up/outside"],
        [".wh..."],
        ["a/", "a/.wh..."],
        [".wh."],
        [".wh..wh..opq/../../outside=1"],
    ]

    @Test(arguments: escapes) func `what reaches outside is refused`(members: [String]) async throws {
        let folder = try TemporaryFolder()
        try folder.write("outside", "untouched")
        var bytes: [UInt8] = []
        for member in members { bytes += layer(member).dropLast(1024) }
        bytes += [UInt8](repeating: 0, count: 1024)
        let image = try await MemoryImages.image(layers: [bytes])
        let error = await #expect(throws: ImageError.self) { try await image.unpack(into: "\(folder.path)/rootfs") }
        #expect(error?.code == .invalidContent, "\(error?.message ?? "")")
        #expect(try folder.text("outside") == "untouched")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["outside", "rootfs"])
    }

    @Test func `links to places outside are kept but nothing is written through them`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("outside/victim", "untouched", mode: 0o640)
        let image = try await MemoryImages.image(layers: [
            layer("link->\(folder.path)/outside/victim", "dir/", "dir/sub/"),
            layer("link=mine", ".wh.dir"), layer("dir->\(folder.path)/outside"),
        ])
        try await image.unpack(into: "\(folder.path)/rootfs")
        #expect(try folder.text("outside/victim") == "untouched")
        #expect(try folder.mode("outside/victim") == 0o640)
        #expect(try folder.text("rootfs/link") == "mine")
    }

    @Test func `a circle of links ends in an error`() async throws {
        let image = try await MemoryImages.image(layers: [layer("a->b", "b->a", "a/x=1")])
        let folder = try TemporaryFolder()
        let error = await #expect(throws: ImageError.self) { try await image.unpack(into: "\(folder.path)/rootfs") }
        #expect(error?.message.contains("follows too many symbolic links") == true)
    }

    @Test func `devices and pipes are left out`() async throws {
        let folder = try await unpack(
            TarEntry(path: "dev/null", kind: .characterDevice(major: 1, minor: 3)).archived([])
                + TarEntry(path: "pipe", kind: .pipe).archived([]) + layer("file=1"))
        #expect(!folder.exists("rootfs/dev/null"))
        #expect(!folder.exists("rootfs/pipe"))
        #expect(folder.exists("rootfs/file"))
    }
}

extension TarEntry {
    /// The member as it stands in an archive.
    fileprivate func archived(_ content: [UInt8]) -> [UInt8] {
        headerBytes + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }
}
