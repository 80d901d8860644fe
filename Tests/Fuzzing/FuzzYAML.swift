import KubernetesAPI
import KubernetesYAML

/// Any bytes are read or refused; what was read survives being written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let documents = try? YAMLReader.documents(bytes) else { return 0 }
    for document in documents {
        let written = YAMLWriter.text(document)
        guard let again = try? YAMLReader.document(Array(written.utf8)) else {
            preconditionFailure("what was written cannot be read:\n\(written)")
        }
        precondition(again == document, "\(again) is not \(document)")
    }
    return 0
}
