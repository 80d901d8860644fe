import FoundationEssentials
import HTTPTransport
import ImageRegistry
import Testing

@Suite struct RegistryCredentialsTests {
    private func credentials(_ text: String) throws -> RegistryCredentials {
        try RegistryCredentials(parsing: Array(text.utf8), path: "config.json")
    }

    @Test func `the entry with the longest matching key counts`() throws {
        let credentials = try credentials(
            """
            {"auths": {"https://index.docker.io/v1/": {"auth": "aHViOjE="}, "r.example": {"username": "a", "password": "1"},
             "r.example/team": {"username": "b", "password": "2"}, "https://other.example/v2/": {"identitytoken": "t"}}}
            """)
        #expect(credentials.credential(for: "docker.io", repository: "library/x") == .password(user: "hub", "1"))
        #expect(credentials.credential(for: "r.example", repository: "x") == .password(user: "a", "1"))
        #expect(credentials.credential(for: "r.example", repository: "teams/x") == .password(user: "a", "1"))
        #expect(credentials.credential(for: "r.example", repository: "team/x") == .password(user: "b", "2"))
        #expect(credentials.credential(for: "other.example", repository: "x") == .identityToken("t"))
        #expect(credentials.credential(for: "r.example:5000", repository: "x") == nil)
    }

    @Test func `a password may contain colons`() throws {
        let encoded = Data("user:a:b".utf8).base64EncodedString()
        let credentials = try credentials(#"{"auths": {"r.example": {"auth": "\#(encoded)"}}}"#)
        #expect(credentials.credential(for: "r.example", repository: "x") == .password(user: "user", "a:b"))
    }

    @Test(arguments: [
        ("nonsense", "config.json: invalid JSON"),
        (#"{"auths": {"r.example": {"auth": "%%%"}}}"#, "config.json: auths[r.example].auth is not the Base64"),
    ]) func `a damaged file is refused with its name`(text: String, message: String) {
        let error = #expect(throws: ImageError.self) { try credentials(text) }
        #expect(error?.code == .configuration)
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
    }

    @Test func `files are found where people and secrets keep them`() async throws {
        let text = #"{"auths": {"r.example": {"username": "a", "password": "1"}}}"#
        for name in ["config.json", ".dockerconfigjson"] {
            let folder = try TemporaryFolder()
            try folder.write("data/\(name)", text)
            // Mounted secrets are links.
            try folder.link(name, to: "data/\(name)")
            for (path, environment) in [(folder.path, [:]), (nil, ["DOCKER_CONFIG": folder.path])] {
                let credentials = try await RegistryCredentials.load(from: path, environment: environment)
                #expect(credentials.credential(for: "r.example", repository: "x") == .password(user: "a", "1"))
            }
        }
        let home = try TemporaryFolder()
        #expect(
            try await RegistryCredentials.load(from: nil, environment: ["HOME": home.path])
                .credential(for: "r.example", repository: "x") == nil)
        try home.write(".docker/config.json", text)
        #expect(
            try await RegistryCredentials.load(from: nil, environment: ["HOME": home.path])
                .credential(for: "r.example", repository: "x") != nil)
    }

    @Test func `a file that was named but is missing is an error`() async throws {
        let error = await #expect(throws: ImageError.self) {
            try await RegistryCredentials.load(from: "/nonexistent/config.json", environment: [:])
        }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("/nonexistent/config.json") == true)
    }
}

/// Token authentication, with the registry played by a closure.
@Suite struct TokenAuthenticationTests {
    private static let realm = "https://auth.example/token"

    private static func registry(_ token: @escaping @Sendable (HTTPRequest) -> HTTPResponse) -> InMemoryTransport {
        InMemoryTransport { request throws(HTTPTransportError) in
            if request.url.hasPrefix(realm) { return token(request) }
            guard request.headers["authorization"] == "Bearer good" else {
                return HTTPResponse(
                    status: 401,
                    headers: ["WWW-Authenticate": "Bearer realm=\"\(realm)\",service=\"r.example\",scope=\"a,b\""])
            }
            return HTTPResponse(status: 200)
        }
    }

    private static let repository = ImageReference(registry: "r.example", repository: "team/x")

    @Test func `a challenge is answered once, with the scope that is needed`() async throws {
        let transport = Self.registry { _ in HTTPResponse(body: HTTPBody(Array(#"{"token": "good"}"#.utf8))) }
        let repository = RegistryClient(transport: transport).repository(of: Self.repository)
        #expect(try await repository.contains(Digest(of: [])))
        #expect(try await repository.contains(Digest(of: [1])))
        let asked = transport.requests.filter { $0.url.hasPrefix(Self.realm) }
        #expect(asked.map(\.url) == ["\(Self.realm)?scope=repository%3Ateam%2Fx%3Apull%2Cpush&service=r.example"])
        #expect(asked.first?.headers["authorization"] == nil)
        #expect(transport.requests.count == 4)
    }

    @Test func `a password goes to the token service only`() async throws {
        let transport = Self.registry { request in
            guard request.headers["authorization"] == "Basic " + Data("a:1".utf8).base64EncodedString() else {
                return HTTPResponse(status: 401)
            }
            return HTTPResponse(body: HTTPBody(Array(#"{"access_token": "good"}"#.utf8)))
        }
        let credentials = try RegistryCredentials(
            parsing: Array(#"{"auths": {"r.example": {"username": "a", "password": "1"}}}"#.utf8), path: "config.json")
        let repository = RegistryClient(transport: transport, credentials: credentials).repository(of: Self.repository)
        #expect(try await repository.contains(Digest(of: [])))
        let toRegistry = transport.requests.filter { !$0.url.hasPrefix(Self.realm) }
        #expect(toRegistry.allSatisfy { $0.headers["authorization"]?.hasPrefix("Basic") != true })
    }

    @Test func `an identity token is exchanged`() async throws {
        let transport = Self.registry { request in
            let form = String(decoding: request.body.bytes ?? [], as: UTF8.self)
            guard request.method == .post, form.contains("refresh_token=id%2Btoken") else {
                return HTTPResponse(status: 401)
            }
            return HTTPResponse(body: HTTPBody(Array(#"{"access_token": "good"}"#.utf8)))
        }
        let credentials = try RegistryCredentials(
            parsing: Array(#"{"auths": {"r.example": {"identitytoken": "id+token"}}}"#.utf8), path: "config.json")
        let repository = RegistryClient(transport: transport, credentials: credentials).repository(of: Self.repository)
        #expect(try await repository.contains(Digest(of: [])))
    }

    @Test func `an anonymous client learns where credentials are looked for`() async throws {
        let transport = Self.registry { _ in HTTPResponse(status: 401) }
        let credentials = try RegistryCredentials(
            parsing: Array(#"{"credsStore": "desktop"}"#.utf8), path: "/home/x/config.json")
        for (credentials, advice) in [
            (.anonymous, "name one with --registry-config or DOCKER_CONFIG"),
            (credentials, "are with the helper 'desktop', which is not run"),
        ] {
            let repository = RegistryClient(transport: transport, credentials: credentials)
                .repository(of: Self.repository)
            let error = await #expect(throws: ImageError.self) { try await repository.contains(Digest(of: [])) }
            #expect(error?.code == .denied)
            #expect(error?.message.contains("r.example/team/x") == true)
            #expect(error?.message.contains(advice) == true, "\(error?.message ?? "")")
        }
    }

    @Test func `credentials are not sent unencrypted because a registry says so`() async throws {
        let transport = InMemoryTransport { _ throws(HTTPTransportError) in
            HTTPResponse(status: 401, headers: ["WWW-Authenticate": "Bearer realm=\"http://auth.example\""])
        }
        let repository = RegistryClient(transport: transport).repository(of: Self.repository)
        let error = await #expect(throws: ImageError.self) { try await repository.contains(Digest(of: [])) }
        #expect(error?.code == .denied)
        #expect(transport.requests.count == 1)
    }

    @Test(arguments: [
        ("localhost:5000", "http://localhost:5000/"), ("127.0.0.1:5000", "http://127.0.0.1:5000/"),
        ("[::1]:5000", "http://[::1]:5000/"), ("127.evil.example", "https://127.evil.example/"),
        ("localhost.example", "https://localhost.example/"), ("docker.io", "https://registry-1.docker.io/"),
    ]) func `http is spoken to this machine only`(registry: String, url: String) async throws {
        let transport = InMemoryTransport { _ throws(HTTPTransportError) in HTTPResponse() }
        let reference = ImageReference(registry: registry, repository: "x")
        _ = try await RegistryClient(transport: transport).repository(of: reference).contains(Digest(of: []))
        #expect(transport.requests.first?.url.hasPrefix(url) == true)
    }
}
