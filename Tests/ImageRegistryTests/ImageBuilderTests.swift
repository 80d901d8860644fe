import ImageRegistry
import KubernetesAPI
import Testing

@Suite struct ImageBuilderTests {
    private func layer(_ text: String = "layer") -> Blob {
        Blob(Document(mediaType: MediaType.layer, bytes: Array(text.utf8)), name: "layer")
    }

    private func metadata(_ change: (inout ImageMetadata) -> Void = { _ in }) -> ImageMetadata {
        var metadata = ImageMetadata()
        metadata.labels = ["dev.aerie.trial": "landsat-3"]
        metadata.annotations = ["dev.aerie.checkpoint.digest": "sha256:1"]
        metadata.environment = ["MODEL_NAME": "landsat"]
        change(&metadata)
        return metadata
    }

    private func base() async throws -> ResolvedImage {
        let images = MemoryImages()
        var metadata = ImageMetadata()
        metadata.entrypoint = ["/usr/bin/aerie-serving"]
        metadata.environment = ["PATH": "/usr/bin", "MODEL_NAME": "none"]
        metadata.user = "65532"
        let product = try ImageBuilder(base: nil, metadata: metadata).build(layer: layer("base"), createdBy: "base")
        try await ImageTransfer(to: images).store(blobs: product.blobs, manifest: product.manifest, tag: "1")
        return try await ResolvedImage(.test, from: images)
    }

    private func image(_ product: ImageBuilder.Product) async throws -> ResolvedImage {
        let images = MemoryImages()
        try await ImageTransfer(to: images).store(blobs: product.blobs, manifest: product.manifest, tag: "1")
        return try await ResolvedImage(.test, from: images)
    }

    @Test func `the same layer, base and metadata give the same digest; any difference another one`() async throws {
        let base = try await base()
        let builder = ImageBuilder(base: base, metadata: metadata())
        let digest = try builder.build(layer: layer(), createdBy: "test").digest
        #expect(try builder.build(layer: layer(), createdBy: "test").digest == digest)
        #expect(try builder.build(layer: layer("other"), createdBy: "test").digest != digest)
        #expect(
            try ImageBuilder(base: nil, metadata: metadata()).build(layer: layer(), createdBy: "test").digest != digest)
        let changes: [(inout ImageMetadata) -> Void] = [
            { $0.labels["x"] = "y" }, { $0.annotations["x"] = "y" }, { $0.environment["X"] = "y" },
            { $0.created = "2024-01-01T00:00:00Z" }, { $0.user = "1" }, { $0.entrypoint = ["/x"] },
        ]
        for change in changes {
            let other = try ImageBuilder(base: base, metadata: metadata(change)).build(
                layer: layer(), createdBy: "test")
            #expect(other.digest != digest)
        }
    }

    @Test func `what runs is the base's, with the model's variables`() async throws {
        let product = try ImageBuilder(base: try await base(), metadata: metadata()).build(
            layer: layer(), createdBy: "test")
        let image = try await image(product)
        #expect(image.configuration.entrypoint == ["/usr/bin/aerie-serving"])
        #expect(image.configuration.environment == ["MODEL_NAME=landsat", "PATH=/usr/bin"])
        #expect(image.configuration.user == "65532")
        #expect(image.configuration.labels == ["dev.aerie.trial": "landsat-3"])
        #expect(image.manifest.layers.count == 2)
        #expect(image.manifest.annotations?["dev.aerie.checkpoint.digest"] == "sha256:1")
        #expect(image.manifest.annotations?["org.opencontainers.image.created"] == "1970-01-01T00:00:00Z")
    }

    @Test func `the image says which base it is built on`() async throws {
        let base = try await base()
        let product = try ImageBuilder(base: base, metadata: metadata()).build(layer: layer(), createdBy: "test")
        let manifest = try product.manifest.json()
        #expect(
            manifest["annotations"]?["org.opencontainers.image.base.digest"]?.stringValue == base.digest.description)
    }

    @Test func `members of the base's configuration that we do not know are kept`() async throws {
        let images = MemoryImages()
        let configuration: JSONValue = [
            "architecture": "amd64", "os": "linux", "rootfs": ["type": "layers", "diff_ids": []],
            "config": ["Healthcheck": ["Test": ["CMD", "true"]], "ExposedPorts": ["8501/tcp": [:]]],
        ]
        let document = Document(
            mediaType: "application/vnd.docker.container.image.v1+json", bytes: configuration.serialized)
        var manifest = ImageManifest(config: document.descriptor, layers: [])
        manifest.mediaType = "application/vnd.docker.distribution.manifest.v2+json"
        try await ImageTransfer(to: images).store(
            blobs: [Blob(document, name: "configuration")], manifest: try Document(manifest), tag: "1")
        let base = try await ResolvedImage(.test, from: images)
        let image = try await image(
            try ImageBuilder(base: base, metadata: metadata()).build(layer: layer(), createdBy: "test"))
        #expect(image.configuration.document["config"]?["Healthcheck"] == ["Test": ["CMD", "true"]])
        #expect(image.configuration.document["config"]?["ExposedPorts"] == ["8501/tcp": [:]])
        #expect(image.document.mediaType == MediaType.manifest)
    }

    @Test func `of an index the manifest for this machine is taken`() async throws {
        let images = MemoryImages()
        var descriptors: [Descriptor] = []
        for platform in [Platform(os: "linux", architecture: "s390x"), .current] {
            let product = try ImageBuilder(base: nil, platform: platform, metadata: metadata()).build(
                layer: layer(), createdBy: "test")
            try await ImageTransfer(to: images).store(blobs: product.blobs, manifest: product.manifest, tag: nil)
            var descriptor = product.manifest.descriptor
            descriptor.platform = platform
            descriptors.append(descriptor)
        }
        try await images.store(try Document(ImageIndex(manifests: descriptors)), tag: "1")
        #expect(try await ResolvedImage(.test, from: images).digest == descriptors[1].digest)
        let error = await #expect(throws: ImageError.self) {
            try await ResolvedImage(.test, from: images, platform: Platform(os: "linux", architecture: "riscv64"))
        }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("is not for linux/riscv64 but for linux/s390x, \(Platform.current)") == true)
    }
}
