import FoundationEssentials
import HTTPTransport
import ImageRegistry
import TestSupport
import Testing

@Suite struct ImageStoreTests {
    @Test func `an image is pulled once, also when many ask for it at the same time`() async throws {
        try await Registry.run { registry in
            let client = try RegistryTests.client()
            let base = try await RegistryTests.pushBase(to: registry, with: client)
            let image = try await RegistryTests.pushModel(on: base, with: client)
            let transport = try AsyncHTTPTransport()
            let counting = InMemoryTransport { request throws(HTTPTransportError) in try await transport.send(request) }
            let folder = try TemporaryFolder()
            let store = ImageStore(directory: folder.path, client: try RegistryTests.client(counting))
            let results = try await withThrowingTaskGroup(of: UnpackedImage.self) { group in
                for _ in 0..<8 { group.addTask { try await store.rootfs(of: image) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.count == 8)
            #expect(Set(results).count == 1)
            let layers = try await client.resolve(image).manifest.layers
            for layer in layers {
                let requests = counting.requests.filter { $0.url.hasSuffix("/blobs/\(layer.digest)") }
                #expect(requests.count == 1)
            }
            let unpacked = try #require(results.first)
            #expect(unpacked.reference == image)
            #expect(unpacked.rootfs == "\(folder.path)/images/\(unpacked.digest.hexadecimal)/rootfs")
            #expect(unpacked.configuration.entrypoint == ["/usr/bin/aerie-serving"])
            #expect(unpacked.configuration.environment == ["PATH=/usr/bin", "MODEL_NAME=landsat"])
            #expect(
                try folder.text("images/\(unpacked.digest.hexadecimal)/rootfs/models/landsat/1/saved_model.pb") == "pb")
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/temporary").isEmpty)
        }
    }

    @Test func `an image by digest needs no registry once it is there`() async throws {
        let folder = try TemporaryFolder()
        let (image, unpacked) = try await Registry.run { registry in
            let client = try RegistryTests.client()
            let image = try await RegistryTests.pushBase(to: registry, with: client)
            return (image, try await ImageStore(directory: folder.path, client: client).rootfs(of: image))
        }
        let offline = InMemoryTransport { request throws(HTTPTransportError) in
            throw HTTPTransportError(.unreachable, "no network for \(request.url)")
        }
        let store = ImageStore(directory: folder.path, transport: offline)
        #expect(try await store.rootfs(of: image) == unpacked)
        #expect(offline.requests.isEmpty)
    }

    @Test func `a tag means what the registry says at the moment`() async throws {
        try await Registry.run { registry in
            let client = try RegistryTests.client()
            let base = try await RegistryTests.pushBase(to: registry, with: client)
            let model = try await RegistryTests.pushModel(on: base, with: client)
            let tag = try ImageReference(parsing: "\(registry.address)/models/landsat:1")
            let folder = try TemporaryFolder()
            let store = ImageStore(directory: folder.path, client: client)
            #expect(try await store.rootfs(of: tag).reference == model)
            let repository = client.repository(of: tag)
            try await ImageTransfer(to: repository).copy(client.resolve(base), tag: "1")
            #expect(try await store.rootfs(of: tag).digest == base.digest)
        }
    }

    @Test func `what a killed pull left behind is removed, what another one works on is not`() async throws {
        try await Registry.run { registry in
            let client = try RegistryTests.client()
            let base = try await RegistryTests.pushBase(to: registry, with: client)
            let folder = try TemporaryFolder()
            try folder.write("temporary/abandoned/rootfs/file", "x", mode: 0o400)
            try folder.write("temporary/busy/rootfs/file", "x")
            // flock(1) holds the lock as long as its command runs.
            let busy = "\(folder.path)/temporary/busy"
            async let holder = Tool.run(
                "flock", [busy, "sh", "-c", "until [ -e \(folder.path)/done ]; do sleep 0.05; done"])
            while try await Tool.outcome(of: "flock", ["--nonblock", busy, "true"]).status == 0 {}
            _ = try await ImageStore(directory: folder.path, client: client).rootfs(of: base)
            try folder.write("done", "")
            #expect(!folder.exists("temporary/abandoned"))
            #expect(folder.exists("temporary/busy/rootfs/file"))
            _ = try await holder
        }
    }

    @Test func `a damaged manifest on disk is fetched again`() async throws {
        try await Registry.run { registry in
            let client = try RegistryTests.client()
            let base = try await RegistryTests.pushBase(to: registry, with: client)
            let folder = try TemporaryFolder()
            let store = ImageStore(directory: folder.path, client: client)
            let unpacked = try await store.rootfs(of: base)
            try folder.write("documents/\(unpacked.digest.hexadecimal)", "{}")
            #expect(try await store.rootfs(of: base) == unpacked)
        }
    }

    @Test func `a compression that is not read is named`() async throws {
        let images = MemoryImages()
        let layer = Document(mediaType: "application/vnd.oci.image.layer.v1.tar+zstd", bytes: [1, 2, 3])
        let product = try ImageBuilder(base: nil, metadata: ImageMetadata()).build(
            layer: Blob(layer, name: "layer"), createdBy: "test")
        try await ImageTransfer(to: images).store(blobs: product.blobs, manifest: product.manifest, tag: "1")
        let image = try await ResolvedImage(.test, from: images)
        let folder = try TemporaryFolder()
        let error = await #expect(throws: ImageError.self) { try await image.unpack(into: "\(folder.path)/rootfs") }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("application/vnd.oci.image.layer.v1.tar+zstd") == true)
    }
}
