public import KubernetesAPI

/// A manifest, an index or a configuration as the bytes that were stored, which are what its digest is about.
public struct Document: Hashable, Sendable {
    public let mediaType: String
    public let bytes: [UInt8]
    public let digest: Digest

    public init(mediaType: String, bytes: [UInt8]) {
        self.mediaType = mediaType
        self.bytes = bytes
        digest = Digest(of: bytes)
    }

    /// A document in canonical form, so that equal values have equal digests.
    init(mediaType: String, _ value: JSONValue) { self.init(mediaType: mediaType, bytes: value.serialized) }

    public init(_ manifest: ImageManifest) throws(ImageError) {
        self.init(mediaType: manifest.mediaType ?? MediaType.manifest, try Self.encode(manifest))
    }

    public init(_ index: ImageIndex) throws(ImageError) {
        self.init(mediaType: index.mediaType ?? MediaType.index, try Self.encode(index))
    }

    public init(_ configuration: ImageConfiguration) {
        self.init(mediaType: MediaType.configuration, configuration.document)
    }

    public var descriptor: Descriptor {
        Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
    }

    /// Reads the bytes as one of the document types.
    ///
    /// - Parameter name: what to call the document in an error, for example `manifest of registry/repository`.
    func decode<Value: Decodable>(_ type: Value.Type = Value.self, name: String) throws(ImageError) -> Value {
        let value = try json(name: name)
        do {
            return try value.decode()
        } catch let error as DecodingError {
            throw ImageError(.invalidContent, "\(name) \(digest): \(error.sentence)")
        } catch {
            throw ImageError(.invalidContent, "\(name) \(digest): \(error)")
        }
    }

    /// The bytes as JSON.
    public func json(name: String = "document") throws(ImageError) -> JSONValue {
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw ImageError(.invalidContent, "\(name) \(digest): \(error)")
        }
    }

    /// Throws unless the bytes are those that were asked for.
    func verify(is expected: Digest, name: String) throws(ImageError) {
        guard digest == expected else { throw .mismatch(name, expected: expected, actual: digest) }
    }

    private static func encode(_ value: some Encodable) throws(ImageError) -> JSONValue {
        do {
            return try JSONValue(encoding: value)
        } catch {
            throw ImageError(.invalidContent, "cannot be written as JSON: \(error)")
        }
    }
}

extension ImageError {
    /// Content that is not what its name says.
    static func mismatch(_ name: String, expected: Digest, actual: Digest) -> ImageError {
        ImageError(
            .digestMismatch,
            "\(name) is damaged or was changed: expected digest \(expected), the bytes received have \(actual)")
    }
}
