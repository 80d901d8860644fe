import AerieAPI
import KubernetesAPI

/// How a pod reaches a place in storage: a volume and its mount, and the address that the program in it uses.
struct StorageMount {
    /// `nil` when the program reads the place itself.
    var volume: JSONValue?
    var mount: JSONValue?
    var uri: String

    /// Claims and folders of the node are mounted so that nothing above or beside the place can be seen.
    init(_ place: StorageURI, volume name: String, at mountPath: String, readOnly: Bool) {
        uri = "file://\(mountPath)"
        var mount: JSONValue = ["name": .string(name), "mountPath": .string(mountPath), "readOnly": .bool(readOnly)]
        switch place {
        case .claim(let claim, let path):
            volume = ["name": .string(name), "persistentVolumeClaim": ["claimName": .string(claim)]]
            if !path.isEmpty { mount["subPath"] = .string(path) }
            self.mount = mount
        case .nodeFolder(let path):
            let type = readOnly ? "Directory" : "DirectoryOrCreate"
            volume = ["name": .string(name), "hostPath": ["path": .string(path), "type": .string(type)]]
            self.mount = mount
        case .remote(let text):
            uri = text
        }
    }
}
