import KubernetesAPI
import TensorFlow

/// An element of a string tensor that is text in JSON.
struct TextElement: TensorElement {
    var bytes: [UInt8]

    /// Takes text, or bytes as `{"b64": …}`.
    static func read(from scanner: inout JSONScanner) throws(TFError) -> TextElement {
        guard scanner.peek() == UInt8(ascii: "{") else { return TextElement(bytes: try scanner.string()) }
        var bytes: [UInt8]?
        try scanner.members { (scanner, name) throws(TFError) in
            guard name == "b64", bytes == nil else {
                throw TFError(
                    .invalidArgument, "expected text or {\"b64\": …}, got an object with the member \"\(name)\"")
            }
            bytes = try Base64.decode(try scanner.string())
        }
        guard let bytes else { throw TFError(.invalidArgument, "expected text or {\"b64\": …}, got an empty object") }
        return TextElement(bytes: bytes)
    }

    /// What is not UTF-8 cannot be text in JSON; it goes out as bytes whatever the output is called.
    func write(to output: inout [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return BytesElement(bytes: bytes).write(to: &output)
        }
        output += JSONValue.string(text).serialized
    }

    static func tensor(of elements: [TextElement], shape: [Int]) throws(TFError) -> Tensor {
        try Tensor(strings: elements.map(\.bytes), shape: shape)
    }

    static func elements(of tensor: Tensor) throws(TFError) -> [TextElement] {
        try tensor.byteStrings().map(TextElement.init(bytes:))
    }
}

/// An element of a string tensor that is bytes in JSON, because the tensor's name ends in `_bytes`.
struct BytesElement: TensorElement {
    var bytes: [UInt8]

    static func read(from scanner: inout JSONScanner) throws(TFError) -> BytesElement {
        BytesElement(bytes: try TextElement.read(from: &scanner).bytes)
    }

    func write(to output: inout [UInt8]) {
        output += "{\"b64\":\"".utf8
        Base64.encode(bytes, to: &output)
        output += "\"}".utf8
    }

    static func tensor(of elements: [BytesElement], shape: [Int]) throws(TFError) -> Tensor {
        try Tensor(strings: elements.map(\.bytes), shape: shape)
    }

    static func elements(of tensor: Tensor) throws(TFError) -> [BytesElement] {
        try tensor.byteStrings().map(BytesElement.init(bytes:))
    }
}
