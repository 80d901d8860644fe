public import KubernetesAPI

/// How an image runs and how it came to be.
///
/// Members this library does not know (health checks, volumes, …) are kept when a base is built upon.
///
/// - SeeAlso: `config.md` of the OCI image specification.
public struct ImageConfiguration: Hashable, Sendable {
    /// All of it, in the words of the specification.
    public private(set) var document: JSONValue

    init(document: JSONValue) { self.document = document }

    /// A configuration without layers, for an image that has no base.
    public init(platform: Platform) {
        document = [
            "architecture": .string(platform.architecture), "os": .string(platform.os), "config": [:],
            "rootfs": ["type": "layers", "diff_ids": []], "history": [],
        ]
        document["variant"] = platform.variant.map { .string($0) }
    }

    public var platform: Platform {
        Platform(
            os: document["os"]?.stringValue ?? "", architecture: document["architecture"]?.stringValue ?? "",
            variant: document["variant"]?.stringValue)
    }

    /// RFC 3339.
    public var created: String? {
        get { document["created"]?.stringValue }
        set { document["created"] = newValue.map { .string($0) } }
    }

    public var entrypoint: [String] {
        get { strings("Entrypoint") }
        set { set("Entrypoint", newValue) }
    }

    public var command: [String] {
        get { strings("Cmd") }
        set { set("Cmd", newValue) }
    }

    /// `NAME=value`, in the order of the image.
    public var environment: [String] {
        get { strings("Env") }
        set { set("Env", newValue) }
    }

    /// A name or a number, optionally `:` and a group; empty for root.
    public var user: String {
        get { document["config"]?["User"]?.stringValue ?? "" }
        set { set("User", newValue.isEmpty ? nil : .string(newValue)) }
    }

    /// Empty for `/`.
    public var workingDirectory: String {
        get { document["config"]?["WorkingDir"]?.stringValue ?? "" }
        set { set("WorkingDir", newValue.isEmpty ? nil : .string(newValue)) }
    }

    public var labels: [String: String] {
        get { (document["config"]?["Labels"]?.objectValue ?? [:]).compactMapValues(\.stringValue) }
        set { set("Labels", newValue.isEmpty ? nil : JSONValue(newValue)) }
    }

    /// The digests of the layers as uncompressed archives, lowest first.
    public func layerDigests() throws(ImageError) -> [Digest] {
        var digests: [Digest] = []
        for value in document["rootfs"]?["diff_ids"]?.arrayValue ?? [] {
            guard let text = value.stringValue else {
                throw ImageError(.invalidContent, "rootfs.diff_ids of an image configuration holds \(value)")
            }
            digests.append(try Digest(text))
        }
        return digests
    }

    /// Sets a variable, in place where the base already has it.
    public mutating func setEnvironment(_ name: String, _ value: String) {
        var variables = environment
        if let index = variables.firstIndex(where: { $0.hasPrefix("\(name)=") }) {
            variables[index] = "\(name)=\(value)"
        } else {
            variables.append("\(name)=\(value)")
        }
        environment = variables
    }

    /// Notes a further layer on top.
    mutating func appendLayer(uncompressed digest: Digest, createdBy: String) {
        var rootfs = document["rootfs"] ?? ["type": "layers"]
        rootfs["diff_ids"] = .array((rootfs["diff_ids"]?.arrayValue ?? []) + [.string(digest.description)])
        document["rootfs"] = rootfs
        var entry: JSONValue = ["created_by": .string(createdBy)]
        entry["created"] = document["created"]
        document["history"] = .array((document["history"]?.arrayValue ?? []) + [entry])
    }

    private func strings(_ name: String) -> [String] {
        (document["config"]?[name]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    private mutating func set(_ name: String, _ values: [String]) {
        set(name, values.isEmpty ? nil : .array(values.map { .string($0) }))
    }

    private mutating func set(_ name: String, _ value: JSONValue?) {
        var config = document["config"] ?? [:]
        config[name] = value
        document["config"] = config
    }
}
