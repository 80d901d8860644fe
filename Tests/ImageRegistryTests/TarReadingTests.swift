import FoundationEssentials
import ImageRegistry
import TestSupport
import Testing

/// Archives that others write.
@Suite struct TarReadingTests {
    static let formats = ["gnu", "pax", "ustar", "posix", "oldgnu"]

    @Test(arguments: formats) func `an archive of GNU tar is read`(format: String) async throws {
        let folder = try TemporaryFolder()
        let long = String(repeating: "d", count: 90) + "/" + String(repeating: "f", count: 95)
        try folder.write("root/\(long)", "long name")
        try folder.write("root/plain", [UInt8](repeating: 7, count: 3000))
        try folder.link("root/link", to: "plain")
        try await Tool.run(
            "tar",
            [
                "--format=\(format)", "--owner=someone:1234", "--group=group:56", "-C", "\(folder.path)/root", "-cf",
                "\(folder.path)/archive.tar", ".",
            ])
        let contents = try TarContents(try folder.read("archive.tar"))
        #expect(contents.files["./\(long)"] == Array("long name".utf8))
        #expect(contents.files["./plain"]?.count == 3000)
        #expect(contents.entries["./link"]?.kind == .symbolicLink(target: "plain"))
        #expect(contents.entries["./plain"]?.userID == 1234)
        #expect(contents.entries["./plain"]?.groupID == 56)
    }

    @Test(arguments: ["gnu", "pax"]) func `names and ids beyond ustar are read`(format: String) async throws {
        let folder = try TemporaryFolder()
        let name = String(repeating: "n", count: 250)
        let target = String(repeating: "t", count: 300)
        try folder.write("root/\(name)", "x")
        try folder.link("root/link", to: target)
        try await Tool.run(
            "tar",
            [
                "--format=\(format)", "--owner=someone:3000000", "-C", "\(folder.path)/root", "-cf",
                "\(folder.path)/archive.tar", name, "link",
            ])
        let contents = try TarContents(try folder.read("archive.tar"))
        #expect(contents.entries[name]?.userID == 3_000_000)
        #expect(contents.entries["link"]?.kind == .symbolicLink(target: target))
    }

    @Test(arguments: [1, 7, 511, 512, 513, 4096]) func `the pieces it arrives in do not matter`(size: Int) async throws
    {
        let folder = try TemporaryFolder()
        try folder.write(String(repeating: "ü", count: 100), "long name")
        try folder.write("one", [1])
        try folder.write("many", [UInt8](repeating: 2, count: 2000))
        let bytes = try await LayerArchive.fileSystem(at: folder.path).bytes
        let whole = try TarContents(bytes)
        let pieces = try TarContents(bytes, pieces: size)
        #expect(pieces.entries == whole.entries)
        #expect(pieces.files == whole.files)
    }

    @Test func `an archive that breaks off is refused`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("file", [UInt8](repeating: 2, count: 2000))
        let bytes = try await LayerArchive.fileSystem(at: folder.path).bytes
        for length in [100, 600, 2400] {
            let error = #expect(throws: ImageError.self) { try TarContents(Array(bytes.prefix(length))) }
            #expect(error?.message == "the tar archive breaks off after \(length) bytes")
        }
    }

    @Test func `a header with a flipped bit is refused`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("file", "x")
        let bytes = try await LayerArchive.fileSystem(at: folder.path).bytes
        for index in [0, 50, 101, 130, 156] {
            var damaged = bytes
            damaged[index] ^= 1
            let error = #expect(throws: ImageError.self) { try TarContents(damaged) }
            #expect(error?.message == "the tar member at byte 0 has a wrong checksum: this is no tar header")
        }
    }

    @Test func `a sparse file is refused rather than unpacked wrongly`() async throws {
        let folder = try TemporaryFolder()
        try await Tool.run("truncate", ["-s", "10M", "\(folder.path)/sparse"])
        for format in ["gnu", "pax"] {
            try await Tool.run(
                "tar",
                [
                    "--sparse", "--format=\(format)", "-C", folder.path, "-cf", "\(folder.path)/\(format).tar",
                    "sparse",
                ])
            let error = #expect(throws: ImageError.self) { try TarContents(try folder.read("\(format).tar")) }
            #expect(error?.code == .unsupported)
        }
    }

    @Test func `bytes that are no archive are refused`() {
        #expect(throws: ImageError.self) { try TarContents([UInt8](repeating: 65, count: 1024)) }
    }
}
