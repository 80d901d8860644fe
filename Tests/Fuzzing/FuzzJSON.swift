import KubernetesAPI

/// Any bytes are read or refused; what was read survives being written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let value = try? JSONValue(parsing: bytes) else { return 0 }
    let written = value.serialized
    guard let again = try? JSONValue(parsing: written) else {
        preconditionFailure("what was written cannot be read: \(String(decoding: written, as: UTF8.self))")
    }
    precondition(again == value, "\(again) is not \(value)")
    return 0
}
