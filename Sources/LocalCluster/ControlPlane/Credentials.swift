import Crypto
import FoundationEssentials
import KubernetesAPI

/// Keys, certificates, bearer tokens and kubeconfigs of one local cluster.
///
/// Everything is made at the first start and kept: a kubeconfig that someone copied stays valid.
struct Credentials {
    /// Who may talk to the API server with a bearer token, and as whom.
    struct TokenIdentity {
        /// Names the kubeconfig.
        var name: String
        var user: String
        var groups: [String]
    }

    let state: StateDirectory
    let settings: ClusterSettings

    var tokenIdentities: [TokenIdentity] {
        [
            TokenIdentity(name: "admin", user: "admin", groups: ["system:masters"]),
            TokenIdentity(
                name: "controller-manager", user: "system:kube-controller-manager", groups: ["system:authenticated"]),
            TokenIdentity(name: "scheduler", user: "system:kube-scheduler", groups: ["system:authenticated"]),
            // The Node authorizer and NodeRestriction know a node by this name and group.
            TokenIdentity(name: "node", user: "system:node:\(settings.nodeName)", groups: ["system:nodes"]),
        ]
    }

    /// Makes what is missing.
    ///
    /// Kubeconfigs are written every time, because a port may have changed.
    func prepare(now: Date) throws {
        let authority = try loadOrMakeAuthority(now: now)
        let local = ["localhost", settings.nodeName]
        try issue(
            "apiserver", name: "kube-apiserver",
            role: .server(names: Self.apiServerNames + local, addresses: ["127.0.0.1", "10.96.0.1"]), by: authority,
            now: now)
        try issue(
            "kubelet", name: "system:node:\(settings.nodeName)", group: "system:nodes",
            role: .server(names: local, addresses: ["127.0.0.1"]), by: authority, now: now)
        try issue(
            "apiserver-kubelet-client", name: Self.kubeletClient, group: "system:masters", role: .client, by: authority,
            now: now)
        try issue("front-proxy-client", name: "front-proxy-client", role: .client, by: authority, now: now)
        try makeServiceAccountKey()
        let tokens = try loadOrMakeTokens()
        for identity in tokenIdentities {
            guard let token = tokens[identity.name] else { continue }
            let path = identity.name == "admin" ? state.kubeconfig : state.kubeconfig(of: identity.name)
            try Files.write(try kubeconfig(user: identity.name, token: token).serialized, to: path)
        }
    }

    /// The common name of the certificate with which the API server calls the node agent.
    static let kubeletClient = "kube-apiserver-kubelet-client"

    private static let apiServerNames = [
        "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
    ]

    private func loadOrMakeAuthority(now: Date) throws -> CertificateAuthority {
        let (certificate, key) = (state.certificate("ca"), state.key("ca"))
        if Files.exists(certificate), Files.exists(key) {
            return try CertificateAuthority(certificate: Files.readText(certificate), key: Files.readText(key))
        }
        let authority = try CertificateAuthority(name: "aerie-local-\(settings.name)", now: now)
        let identity = try authority.identity
        try Files.write(identity.key, to: key)
        try Files.write(identity.certificate, to: certificate)
        return authority
    }

    private func issue(
        _ file: String, name: String, group: String? = nil, role: CertificateAuthority.Role,
        by authority: CertificateAuthority, now: Date
    ) throws {
        let (certificate, key) = (state.certificate(file), state.key(file))
        if Files.exists(certificate), Files.exists(key) { return }
        let identity = try authority.issue(name: name, group: group, role: role, now: now)
        try Files.write(identity.key, to: key)
        try Files.write(identity.certificate, to: certificate)
    }

    private func makeServiceAccountKey() throws {
        let path = state.key("service-account")
        if Files.exists(path), Files.exists(state.serviceAccountPublicKey) { return }
        let key = P256.Signing.PrivateKey()
        try Files.write(key.pemRepresentation + "\n", to: path)
        try Files.write(key.publicKey.pemRepresentation + "\n", to: state.serviceAccountPublicKey)
    }

    /// Tokens by the name of their identity, from the file that the API server reads.
    private func loadOrMakeTokens() throws -> [String: String] {
        var tokens: [String: String] = [:]
        if Files.exists(state.tokens) {
            for line in try Files.readText(state.tokens).split(separator: "\n") {
                let fields = line.split(separator: ",")
                if fields.count >= 3 { tokens[String(fields[2])] = String(fields[0]) }
            }
        }
        for identity in tokenIdentities where tokens[identity.name] == nil {
            tokens[identity.name] = SymmetricKey(size: .bits256).withUnsafeBytes { Self.hexadecimal($0) }
        }
        // token, user, uid, "groups": the identity's name serves as the uid.
        let lines = tokenIdentities.map { identity in
            let groups = identity.groups.joined(separator: ",")
            return "\(tokens[identity.name] ?? ""),\(identity.user),\(identity.name),\"\(groups)\"\n"
        }
        try Files.write(lines.joined(), to: state.tokens)
        return tokens
    }

    /// JSON is valid YAML, so every Kubernetes program reads it.
    private func kubeconfig(user: String, token: String) throws -> JSONValue {
        let name = "aerie-\(settings.name)"
        let authority = Data(try Files.read(state.certificate("ca"))).base64EncodedString()
        return [
            "apiVersion": "v1", "kind": "Config", "current-context": .string(name),
            "clusters": [
                [
                    "name": .string(name),
                    "cluster": ["server": .string(settings.server), "certificate-authority-data": .string(authority)],
                ]
            ],
            "users": [["name": .string("\(name)-\(user)"), "user": ["token": .string(token)]]],
            "contexts": [
                ["name": .string(name), "context": ["cluster": .string(name), "user": .string("\(name)-\(user)")]]
            ],
        ]
    }

    private static func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
