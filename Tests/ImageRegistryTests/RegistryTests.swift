import FoundationEssentials
import HTTPTransport
import ImageRegistry
import KubernetesAPI
import Synchronization
import TestSupport
import Testing

/// The distribution protocol against a real registry, compared with skopeo.
@Suite struct RegistryTests {
    /// Retries at once, so that tests are quick.
    static let retry = RetryPolicy(attempts: 3, baseDelay: .zero)

    static func client(
        _ transport: (any HTTPTransport)? = nil, credentials: RegistryCredentials = .anonymous
    ) throws -> RegistryClient {
        RegistryClient(transport: try transport ?? AsyncHTTPTransport(), credentials: credentials, retry: retry)
    }

    /// An image from a folder with two files, in the repository `base`.
    static func pushBase(
        to registry: Registry, with client: RegistryClient,
        report: @escaping @Sendable (ImageTransfer.Progress) -> Void = { _ in }
    ) async throws -> ImageReference {
        let folder = try TemporaryFolder()
        try folder.write("usr/bin/aerie-serving", "#!/bin/sh\n", mode: 0o755)
        try folder.write("etc/motd", "hello")
        try folder.link("bin", to: "usr/bin")
        var metadata = ImageMetadata()
        metadata.entrypoint = ["/usr/bin/aerie-serving"]
        metadata.environment = ["PATH": "/usr/bin"]
        let layer = try await LayerArchive.fileSystem(at: folder.path).blob(name: "layer")
        let product = try ImageBuilder(base: nil, metadata: metadata).build(layer: layer, createdBy: "test")
        let reference = try ImageReference(parsing: "\(registry.address)/base:1")
        try await ImageTransfer(to: client.repository(of: reference), report: report)
            .store(blobs: product.blobs, manifest: product.manifest, tag: "1")
        return reference.pinned(to: product.digest)
    }

    /// A model on top of the base, in the repository `models/landsat`.
    static func pushModel(
        on base: ImageReference, with client: RegistryClient,
        report: @escaping @Sendable (ImageTransfer.Progress) -> Void = { _ in }
    ) async throws -> ImageReference {
        let folder = try TemporaryFolder()
        try folder.write("saved_model.pb", "pb")
        try folder.write("variables/variables.index", "index")
        var metadata = ImageMetadata()
        metadata.labels = ["dev.aerie.trial": "landsat-3"]
        metadata.environment = ["MODEL_NAME": "landsat"]
        let layer = try await LayerArchive.model(at: folder.path, name: "landsat", version: 1).blob(name: "layer")
        let product = try ImageBuilder(base: try await client.resolve(base), metadata: metadata)
            .build(layer: layer, createdBy: "test")
        let reference = try ImageReference(parsing: "\(base.registry)/models/landsat:1")
        try await ImageTransfer(to: client.repository(of: reference), report: report)
            .store(blobs: product.blobs, manifest: product.manifest, tag: "1")
        return reference.pinned(to: product.digest)
    }

    @Test func `what we push is what skopeo sees, copies and what umoci unpacks`() async throws {
        try await Registry.run { registry in
            let client = try Self.client()
            let base = try await Self.pushBase(to: registry, with: client)
            let image = try await Self.pushModel(on: base, with: client)
            let name = "docker://\(registry.address)/models/landsat:1"
            let seen = try JSONValue(parsing: try await Tool.run("skopeo", ["inspect", "--tls-verify=false", name]))
            #expect(seen["Digest"]?.stringValue == image.digest?.description)
            #expect(seen["Labels"] == ["dev.aerie.trial": "landsat-3"])
            #expect(seen["Env"] == ["PATH=/usr/bin", "MODEL_NAME=landsat"])
            #expect(seen["Layers"]?.arrayValue?.count == 2)
            #expect(seen["Architecture"]?.stringValue == Platform.current.architecture)

            let folder = try TemporaryFolder()
            try await Tool.run("skopeo", ["copy", "--src-tls-verify=false", name, "oci:\(folder.path)/layout:1"])
            try await Self.unpack("\(folder.path)/layout:1", into: "\(folder.path)/bundle")
            try await client.resolve(image).unpack(asNew: "\(folder.path)/ours")
            try await Tool.run(
                "diff", ["-r", "--no-dereference", "\(folder.path)/bundle/rootfs", "\(folder.path)/ours"])
            #expect(try folder.text("ours/models/landsat/1/saved_model.pb") == "pb")
            #expect(try folder.mode("ours/usr/bin/aerie-serving") == 0o755)
        }
    }

    /// umoci may set owners only as root.
    static func unpack(_ image: String, into bundle: String) async throws {
        let isRoot = try await Tool.run("id", ["-u"]) == "0\n"
        try await Tool.run("umoci", ["unpack"] + (isRoot ? [] : ["--rootless"]) + ["--image", image, bundle])
    }

    @Test(arguments: ["oci", "v2s2"])
    func `what skopeo pushes, with gzip, we unpack and build upon`(format: String) async throws {
        let folder = try TemporaryFolder()
        let client = try Self.client()
        try await Registry.run { registry in
            let base = try await Self.pushBase(to: registry, with: client)
            try await ImageTransfer(to: OCILayout(directory: "\(folder.path)/layout"))
                .copy(client.resolve(base), tag: "1")
        }
        // Into a registry that has nothing yet, so that skopeo compresses the layers.
        try await Registry.run { registry in
            let copy = try ImageReference(parsing: "\(registry.address)/compressed:1")
            try await Tool.run(
                "skopeo",
                [
                    "copy", "--dest-tls-verify=false", "--format", format, "oci:\(folder.path)/layout:1",
                    "docker://\(copy)",
                ])
            let image = try await client.resolve(copy)
            #expect(image.manifest.layers.allSatisfy { $0.mediaType.contains("gzip") })
            try await image.unpack(asNew: "\(folder.path)/rootfs")
            #expect(try folder.text("rootfs/etc/motd") == "hello")
            let model = try await client.resolve(try await Self.pushModel(on: copy, with: client))
            #expect(model.manifest.layers.map(\.mediaType) == [MediaType.gzipLayer, MediaType.layer])
            try await model.unpack(asNew: "\(folder.path)/model")
            #expect(try folder.text("model/models/landsat/1/saved_model.pb") == "pb")
        }
    }

    @Test func `pushing again sends nothing, and a base in the same registry is taken over`() async throws {
        try await Registry.run { registry in
            let client = try Self.client()
            let outcomes = Outcomes()
            let base = try await Self.pushBase(to: registry, with: client, report: outcomes.note)
            #expect(outcomes.take() == [.sent, .sent])
            let image = try await Self.pushModel(on: base, with: client, report: outcomes.note)
            #expect(outcomes.take() == [.mounted, .sent, .sent])
            let again = try await Self.pushModel(on: base, with: client, report: outcomes.note)
            #expect(outcomes.take() == [.present, .present, .present])
            #expect(image == again)
        }
    }

    @Test func `an image goes from one registry to another, and through a layout, without changing its digest`()
        async throws
    {
        try await Registry.run { first in
            try await Registry.run { second in
                let client = try Self.client()
                let base = try await Self.pushBase(to: first, with: client)
                let target = try ImageReference(parsing: "\(second.address)/copies/base:2")
                try await ImageTransfer(to: client.repository(of: target)).copy(client.resolve(base), tag: target.tag)
                #expect(try await client.resolve(target).digest == base.digest)
                let folder = try TemporaryFolder()
                let layout = OCILayout(directory: "\(folder.path)/layout")
                try await ImageTransfer(to: layout).copy(client.resolve(target), tag: "2")
                #expect(try await ResolvedImage(target, from: layout).digest == base.digest)
                try await Self.unpack("\(folder.path)/layout:2", into: "\(folder.path)/bundle")
                #expect(try folder.text("bundle/rootfs/etc/motd") == "hello")
            }
        }
    }

    @Test func `a missing image, repository and registry are told apart`() async throws {
        try await Registry.run { registry in
            let client = try Self.client()
            _ = try await Self.pushBase(to: registry, with: client)
            for name in ["base:2", "nothing:1", "base@\(Digest(of: []))"] {
                let reference = try ImageReference(parsing: "\(registry.address)/\(name)")
                let error = await #expect(throws: ImageError.self) { try await client.resolve(reference) }
                #expect(error?.code == .notFound)
                #expect(error?.isRetryable == false)
                #expect(
                    error?.message.hasPrefix("image \(reference) does not exist") == true, "\(error?.message ?? "")")
            }
        }
        let reference = try ImageReference(parsing: "127.0.0.1:9/base:1")
        let error = await #expect(throws: ImageError.self) { try await Self.client().resolve(reference) }
        #expect(error?.code == .unavailable)
        #expect(error?.isRetryable == true)
        #expect(error?.message.hasPrefix("registry 127.0.0.1:9 does not answer") == true, "\(error?.message ?? "")")
    }

    @Test func `a registry with passwords lets in who has the right one`() async throws {
        try await Registry.run(passwords: Registry.passwords) { registry in
            func credentials(_ password: String) throws -> RegistryCredentials {
                let auth = Data("pusher:\(password)".utf8).base64EncodedString()
                let text = #"{"auths": {"\#(registry.address)": {"auth": "\#(auth)"}}}"#
                return try RegistryCredentials(parsing: Array(text.utf8), path: "/secret/config.json")
            }
            let right = try Self.client(credentials: credentials("correct horse"))
            let base = try await Self.pushBase(to: registry, with: right)
            #expect(try await right.resolve(base).digest == base.digest)

            let wrong = try Self.client(credentials: credentials("battery staple"))
            let refused = await #expect(throws: ImageError.self) { try await wrong.resolve(base) }
            #expect(refused?.code == .denied)
            #expect(
                refused?.message.hasPrefix(
                    "the registry refuses pull of \(registry.address)/base to the user 'pusher' from /secret/config.json"
                )
                    == true, "\(refused?.message ?? "")")

            let anonymous = await #expect(throws: ImageError.self) {
                try await Self.pushBase(to: registry, with: Self.client())
            }
            #expect(anonymous?.code == .denied)
            #expect(anonymous?.message.contains("to anonymous clients") == true, "\(anonymous?.message ?? "")")
        }
    }
}

/// Collects how blobs came to their destination.
private final class Outcomes: Sendable {
    private let outcomes = Mutex<[BlobOutcome]>([])

    @Sendable func note(_ progress: ImageTransfer.Progress) {
        if case .stored(_, _, let outcome) = progress { outcomes.withLock { $0.append(outcome) } }
    }

    func take() -> [BlobOutcome] {
        outcomes.withLock { outcomes in
            defer { outcomes = [] }
            return outcomes
        }
    }
}
