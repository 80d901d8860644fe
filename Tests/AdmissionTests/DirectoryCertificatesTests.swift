import Admission
import FoundationEssentials
import Testing

/// Certificates that somebody else lays into a folder.
@Suite struct DirectoryCertificatesTests {
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "aerie-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    private func identity() throws -> ServingIdentity {
        try ServingIdentity(
            hosts: ["aerie-webhook.aerie-system.svc"], now: Date(timeIntervalSince1970: 2_000_000_000), validity: 3_600)
    }

    private func lay(_ identity: ServingIdentity, into folder: URL) throws {
        try Data(identity.certificate.utf8).write(to: folder.appending(path: "tls.crt"))
        try Data(identity.key.utf8).write(to: folder.appending(path: "tls.key"))
    }

    @Test func `files are read anew each time, and an authority is announced only if it lies beside them`() async throws
    {
        try await withFolder { folder in
            let source = DirectoryCertificates(directory: folder.path)
            let (first, second) = (try identity(), try identity())
            try lay(first, into: folder)
            var served = try await source.current()
            #expect(served.chain == first.certificate && served.key == first.key && served.trustBundle == nil)
            try lay(second, into: folder)
            try Data(second.authority.utf8).write(to: folder.appending(path: "ca.crt"))
            served = try await source.current()
            #expect(served.chain == second.certificate && served.trustBundle == second.authority)
        }
    }

    @Test func `a file that is missing is named`() async throws {
        try await withFolder { folder in
            try Data("x".utf8).write(to: folder.appending(path: "tls.crt"))
            await #expect {
                try await DirectoryCertificates(directory: folder.path).current()
            } throws: {
                "\($0)".hasSuffix("tls.key cannot be read or is empty")
            }
        }
    }
}
