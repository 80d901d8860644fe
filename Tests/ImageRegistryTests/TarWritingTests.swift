import FoundationEssentials
import ImageRegistry
import TestSupport
import Testing

/// Archives that we write, read back by ourselves and by the system's tar.
@Suite struct TarWritingTests {
    @Test func `content of every size from 0 to 1025 bytes comes back, here and in tar`() async throws {
        let folder = try TemporaryFolder()
        for size in 0...1025 {
            try folder.write("root/\(size)", (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ size) })
        }
        let archive = try await LayerArchive.fileSystem(at: "\(folder.path)/root")
        let bytes = try await archive.bytes
        #expect(bytes.count == Int(archive.size))
        let members = try TarContents(bytes)
        #expect(members.files.count == 1026)
        for size in 0...1025 {
            let expected = try folder.read("root/\(size)")
            #expect(members.files["\(size)"] == expected, "size \(size)")
        }
        try folder.write("archive.tar", bytes)
        try await Tool.run("mkdir", ["\(folder.path)/out"])
        try await Tool.run("tar", ["-xf", "\(folder.path)/archive.tar", "-C", "\(folder.path)/out"])
        try await Tool.run("diff", ["-r", "\(folder.path)/root", "\(folder.path)/out"])
    }

    static let names = [
        "a", "with space", "ümläut.txt", "日本/衛星.tif", "Főtanúsítvány.crt",
        String(repeating: "n", count: 99), String(repeating: "n", count: 100), String(repeating: "n", count: 101),
        String(repeating: "d", count: 150) + "/" + String(repeating: "f", count: 200),
        Array(repeating: "deep", count: 120).joined(separator: "/"), String(repeating: "ü", count: 60),
    ]

    @Test(arguments: names) func `a name comes back, here and in tar`(name: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write("root/\(name)", "content")
        let bytes = try await LayerArchive.fileSystem(at: "\(folder.path)/root").bytes
        #expect(try TarContents(bytes).files == [name: Array("content".utf8)])
        try folder.write("archive.tar", bytes)
        let listing = try await Tool.run(
            "tar", ["--quoting-style=literal", "-tf", "\(folder.path)/archive.tar"])
        #expect(listing.split(separator: "\n").last.map(String.init) == name)
    }

    @Test func `permissions, symbolic links and hard links are kept`() async throws {
        let folder = try TemporaryFolder()
        let longTarget = String(repeating: "t", count: 180)
        try folder.write("root/bin/program", "#!", mode: 0o4755)
        try folder.write("root/secret", "x", mode: 0o600)
        try folder.link("root/short", to: "bin/program")
        try folder.link("root/long", to: longTarget)
        try FileManager.default.linkItem(
            atPath: "\(folder.path)/root/bin/program", toPath: "\(folder.path)/root/zz-same")
        let bytes = try await LayerArchive.fileSystem(at: "\(folder.path)/root").bytes
        let entries = try TarContents(bytes).entries
        #expect(entries["bin/program"]?.mode == 0o4755)
        #expect(entries["secret"]?.mode == 0o600)
        #expect(entries["short"]?.kind == .symbolicLink(target: "bin/program"))
        #expect(entries["long"]?.kind == .symbolicLink(target: longTarget))
        #expect(entries["zz-same"]?.kind == .hardLink(target: "bin/program"))
        try folder.write("archive.tar", bytes)
        let listing = try await Tool.run("tar", ["--numeric-owner", "-tvf", "\(folder.path)/archive.tar"])
        #expect(listing.contains("-rwsr-xr-x 0/0"))
        #expect(listing.contains("zz-same link to bin/program"))
    }

    @Test func `the same files give the same digest, whatever their times, owners and order of creation`() async throws
    {
        let first = try TemporaryFolder()
        let second = try TemporaryFolder()
        try first.write("a", "1")
        try first.write("b/c", "2")
        try second.write("b/c", "2")
        try second.write("a", "1")
        try await Tool.run("touch", ["-d", "2001-01-01", "\(second.path)/a", "\(second.path)/b"])
        let digests = [
            try await LayerArchive.fileSystem(at: first.path).blob(name: "layer").descriptor.digest,
            try await LayerArchive.fileSystem(at: second.path).blob(name: "layer").descriptor.digest,
        ]
        #expect(digests[0] == digests[1])
    }

    @Test func `owners are those that were asked for`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("home/nonroot/.profile", "")
        try folder.write("home/nonroot2", "")
        let owner = LayerArchive.Owner(path: "/home/nonroot/", userID: 65532, groupID: 3_000_000)
        let bytes = try await LayerArchive.fileSystem(at: folder.path, owners: [owner]).bytes
        let entries = try TarContents(bytes).entries
        #expect(entries["home"]?.userID == 0)
        #expect(entries["home/nonroot2"]?.userID == 0)
        #expect(entries["home/nonroot"]?.userID == 65532)
        #expect(entries["home/nonroot/.profile"]?.groupID == 3_000_000)
    }

    @Test func `a model's files get the same permissions whatever the umask of the export was`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("saved_model.pb", "pb", mode: 0o600)
        try folder.write("variables/variables.index", "index", mode: 0o666)
        let bytes = try await LayerArchive.model(at: folder.path, name: "landsat", version: 3).bytes
        let contents = try TarContents(bytes)
        #expect(contents.entries.values.filter { $0.kind == .file }.allSatisfy { $0.mode == 0o644 })
        #expect(contents.entries.values.filter { $0.kind == .directory }.allSatisfy { $0.mode == 0o755 })
        #expect(contents.files["models/landsat/3/variables/variables.index"] == Array("index".utf8))
    }

    @Test func `a folder without saved_model.pb is no model`() async throws {
        let folder = try TemporaryFolder()
        let error = await #expect(throws: ImageError.self) {
            try await LayerArchive.model(at: folder.path, name: "landsat", version: 1)
        }
        #expect(error?.code == .invalidContent)
        #expect(error?.message == "\(folder.path) is not a SavedModel: it has no file saved_model.pb")
    }

    @Test func `a pipe in a root file system is refused by name`() async throws {
        let folder = try TemporaryFolder()
        try await Tool.run("mkfifo", ["\(folder.path)/pipe"])
        let error = await #expect(throws: ImageError.self) { try await LayerArchive.fileSystem(at: folder.path) }
        #expect(error?.message.contains("\(folder.path)/pipe") == true)
    }
}
