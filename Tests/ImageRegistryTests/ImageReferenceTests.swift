import ImageRegistry
import Testing

@Suite struct ImageReferenceTests {
    static let digest = "sha256:" + String(repeating: "0a", count: 32)

    struct Row: Sendable {
        var text: String
        var registry: String
        var repository: String
        var tag: String?
        var digest: String?
    }

    static let rows = [
        Row(text: "localhost/a", registry: "localhost", repository: "a", tag: "latest"),
        Row(text: "127.0.0.1:5000/a/b-c:v1.2", registry: "127.0.0.1:5000", repository: "a/b-c", tag: "v1.2"),
        Row(text: "[::1]:5000/a:1", registry: "[::1]:5000", repository: "a", tag: "1"),
        Row(
            text: "registry.example.com/a@\(digest)", registry: "registry.example.com", repository: "a", digest: digest),
        Row(
            text: "r.example:443/team/x__y:T_9@\(digest)", registry: "r.example:443", repository: "team/x__y",
            tag: "T_9",
            digest: digest),
    ]

    @Test(arguments: rows) func `a reference is taken apart and put together again`(row: Row) throws {
        let reference = try ImageReference(parsing: row.text)
        #expect(reference.registry == row.registry)
        #expect(reference.repository == row.repository)
        #expect(reference.tag == row.tag)
        #expect(reference.digest?.description == row.digest)
        let text = row.text == "localhost/a" ? "localhost/a:latest" : row.text
        #expect(reference.description == text)
        #expect(try ImageReference(parsing: reference.description) == reference)
    }

    static let refusals = [
        ("nginx", "names no registry"),
        ("library/nginx:1", "names no registry"),
        ("aerie-trainer:local", "names no registry"),
        ("", "names no registry"),
        ("localhost:5000/Upper", "has the repository 'Upper'"),
        ("localhost:5000/a//b", "has the repository 'a//b'"),
        ("localhost:5000/", "has the repository ''"),
        ("localhost:5000/../etc", "has the repository '../etc'"),
        ("localhost:5000/a:", "has the tag ''"),
        ("localhost:5000/a:-x", "has the tag '-x'"),
        ("localhost:5000/a@sha256:12", "has a wrong digest"),
        ("localhost:5000/a@\(digest)@\(digest)", "has more than one '@'"),
    ]

    @Test(arguments: refusals) func `a wrong reference is refused with the part that is wrong`(
        text: String, problem: String
    ) {
        let error = #expect(throws: ImageError.self) { try ImageReference(parsing: text) }
        #expect(error?.code == .invalidReference)
        #expect(error?.message.hasPrefix("image reference '\(text)' \(problem)") == true, "\(error?.message ?? "")")
    }

    @Test func `pinning leaves only the digest`() throws {
        let reference = try ImageReference(parsing: "localhost/a:1")
        #expect(reference.pinned(to: try Digest(Self.digest)).description == "localhost/a@\(Self.digest)")
    }
}

@Suite struct DigestTests {
    @Test func `digests are those of sha256sum`() throws {
        #expect(
            Digest(of: Array("abc".utf8)).description
                == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Digest(of: []).description == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test(arguments: ["", "sha256:", "sha256:xyz", "md5:00", "sha256:" + String(repeating: "A", count: 64)])
    func `what is no digest is refused`(text: String) {
        let error = #expect(throws: ImageError.self) { try Digest(text) }
        #expect(error?.code == .invalidContent)
    }

    @Test func `another algorithm is called unsupported`() {
        let error = #expect(throws: ImageError.self) { try Digest("sha512:" + String(repeating: "a", count: 128)) }
        #expect(error?.code == .unsupported)
    }
}
