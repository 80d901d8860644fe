import AerieAPI
import KubernetesAPI

/// Any body is refused as no review or gets an answer of its own uid, allowed only without errors, for every kind.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let request = try? AdmissionRequest(parsing: bytes) else { return 0 }
    for rules in AdmissionRules.all {
        let verdict = rules.judge(request)
        let answer = AdmissionAnswer(
            uid: request.uid, resource: rules.resource, name: request.name, errors: verdict.errors,
            warnings: verdict.warnings)
        guard let read = try? JSONValue(parsing: answer.json.serialized) else {
            preconditionFailure("the answer is no JSON: \(answer.json)")
        }
        precondition(read["response"]?["uid"]?.stringValue == request.uid)
        precondition(read["response"]?["allowed"]?.boolValue == verdict.errors.isEmpty)
    }
    return 0
}
