import FoundationEssentials
import HTTPTransport
import ImageRegistry
import Synchronization
import TestSupport
import Testing

/// Broken connections, servers and bytes, on the way to and from a real registry.
@Suite struct FaultTests {
    @Test func `an upload that breaks off starts again and arrives whole`() async throws {
        try await Registry.run { registry in
            let faulty = FaultyTransport(try AsyncHTTPTransport(), breaksUploads: 2)
            let base = try await RegistryTests.pushBase(to: registry, with: RegistryTests.client(faulty))
            #expect(faulty.brokenUploads == 2)
            let folder = try TemporaryFolder()
            try await RegistryTests.client().resolve(base).unpack(asNew: "\(folder.path)/rootfs")
            #expect(try folder.text("rootfs/etc/motd") == "hello")
        }
    }

    @Test func `an upload that always breaks off ends in an error that may be retried`() async throws {
        try await Registry.run { registry in
            let faulty = FaultyTransport(try AsyncHTTPTransport(), breaksUploads: .max)
            let error = await #expect(throws: ImageError.self) {
                try await RegistryTests.pushBase(to: registry, with: RegistryTests.client(faulty))
            }
            #expect(faulty.brokenUploads == RegistryTests.retry.attempts)
            #expect(error?.code == .unavailable)
            #expect(error?.message.hasPrefix("uploading layer sha256:") == true, "\(error?.message ?? "")")
            #expect(error?.message.contains(registry.address) == true)
        }
    }

    @Test func `a server error is retried`() async throws {
        try await Registry.run { registry in
            let transport = try AsyncHTTPTransport()
            let base = try await RegistryTests.pushBase(to: registry, with: RegistryTests.client(transport))
            let failures = Mutex(2)
            let flaky = InMemoryTransport { request throws(HTTPTransportError) in
                let fails = failures.withLock { failures in
                    failures -= 1
                    return failures >= 0
                }
                return fails ? HTTPResponse(status: 502) : try await transport.send(request)
            }
            #expect(try await RegistryTests.client(flaky).resolve(base).digest == base.digest)
            let down = InMemoryTransport { _ throws(HTTPTransportError) in HTTPResponse(status: 503) }
            let error = await #expect(throws: ImageError.self) { try await RegistryTests.client(down).resolve(base) }
            #expect(error?.code == .unavailable)
            #expect(error?.message == "registry \(registry.address) answers with status 503")
        }
    }

    @Test(arguments: [true, false]) func `a download that breaks off goes on where it was`(ranges: Bool) async throws {
        try await Registry.run { registry in
            let folder = try TemporaryFolder()
            try folder.write("root/big", (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
            let layer = try await LayerArchive.fileSystem(at: "\(folder.path)/root").blob(name: "layer")
            let product = try ImageBuilder(base: nil, metadata: ImageMetadata()).build(layer: layer, createdBy: "test")
            let reference = try ImageReference(parsing: "\(registry.address)/big:1")
            let repository = try RegistryTests.client().repository(of: reference)
            try await ImageTransfer(to: repository).store(
                blobs: product.blobs, manifest: product.manifest, tag: "1")
            let faulty = FaultyTransport(
                try AsyncHTTPTransport(), breaksDownloadsAfter: 1_500_000, forgetsRanges: !ranges)
            try await RegistryTests.client(faulty).resolve(reference).unpack(asNew: "\(folder.path)/out")
            #expect(faulty.brokenDownloads >= (ranges ? 3 : 1))
            #expect(try folder.read("out/big") == folder.read("root/big"))
        }
    }

    /// Of the layer, of the configuration, and of the manifest.
    @Test(arguments: ["layer", "configuration", "manifest"])
    func `one flipped bit in the registry's storage is refused and named`(what: String) async throws {
        try await Registry.run { registry in
            let client = try RegistryTests.client()
            let base = try await RegistryTests.pushBase(to: registry, with: client)
            let image = try await client.resolve(base)
            let digest =
                switch what {
                case "layer": try #require(image.manifest.layers.first).digest
                case "configuration": image.manifest.config.digest
                default: image.digest
                }
            let file = URL(
                filePath: "\(registry.storage)/docker/registry/v2/blobs/sha256/\(digest.hexadecimal.prefix(2))/"
                    + "\(digest.hexadecimal)/data")
            var bytes = try Data(contentsOf: file)
            for index in stride(from: bytes.count / 10, to: bytes.count, by: bytes.count / 4) {
                bytes[index] ^= 1
                try bytes.write(to: file)
                let folder = try TemporaryFolder()
                let store = ImageStore(directory: "\(folder.path)/images", client: client)
                let error = await #expect(throws: ImageError.self) { try await store.rootfs(of: base) }
                #expect(error?.code == .digestMismatch, "byte \(index): \(error?.message ?? "")")
                #expect(error?.message.contains("\(what)") == true, "\(error?.message ?? "")")
                #expect(error?.message.contains("expected digest \(digest)") == true, "\(error?.message ?? "")")
                #expect(!folder.exists("images/images/\(image.digest.hexadecimal)"))
                bytes[index] ^= 1
            }
            try bytes.write(to: file)
            let folder = try TemporaryFolder()
            let unpacked = try await ImageStore(directory: folder.path, client: client).rootfs(of: base)
            #expect(unpacked.digest == base.digest)
        }
    }

    @Test func `a layer that changes while it is sent is not stored`() async throws {
        try await Registry.run { registry in
            let folder = try TemporaryFolder()
            try folder.write("file", "one")
            let layer = try await LayerArchive.fileSystem(at: folder.path).blob(name: "layer")
            try folder.write("file", "two")
            let reference = try ImageReference(parsing: "\(registry.address)/changing:1")
            let repository = try RegistryTests.client().repository(of: reference)
            let error = await #expect(throws: ImageError.self) { try await repository.store(layer) }
            #expect(error?.code == .digestMismatch)
            #expect(error?.message.contains("layer \(layer.descriptor.digest)") == true, "\(error?.message ?? "")")
            #expect(try await repository.contains(layer.descriptor.digest) == false)
        }
    }
}
