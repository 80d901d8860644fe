import FoundationEssentials
import ImageRegistry
import KubernetesAPI
import TestSupport
import Testing

/// The commands `aerie image …`: results, termination messages and exit codes.
@Suite struct ProgramTests {
    private func aerie(_ arguments: String..., environment: [String: String] = [:]) async throws -> Tool.Outcome {
        try await Tool.outcome(of: try Tool.program("aerie"), ["image"] + arguments, environment: environment)
    }

    private func model() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("model/saved_model.pb", "pb")
        try folder.write("root/usr/bin/aerie-serving", "#!/bin/sh\n", mode: 0o755)
        return folder
    }

    @Test func `a base and a model on top become an image, the same one every time`() async throws {
        try await Registry.run { registry in
            let folder = try model()
            let base = try await aerie(
                "build", "--root", "\(folder.path)/root", "--entrypoint", "/usr/bin/aerie-serving", "--cmd",
                "--verbose",
                "--user", "65532", "--push", "\(registry.address)/serving:1")
            #expect(base.status == 0, "\(base.error)")
            #expect(base.output.hasPrefix("\(registry.address)/serving@sha256:"))

            var images: Set<String> = []
            for attempt in 1...2 {
                let build = try await aerie(
                    "build", "--base", "\(registry.address)/serving:1", "--model", "\(folder.path)/model", "--name",
                    "landsat", "--model-version", "3", "--push", "\(registry.address)/landsat:\(attempt)", "--label",
                    "dev.aerie.metric.value=0.91", "--annotation", "note=a=b", "--output", "json", "--termination-log",
                    "\(folder.path)/termination-log")
                #expect(build.status == 0, "\(build.error)")
                let result = try JSONValue(parsing: build.output)
                #expect(result == (try JSONValue(parsing: try folder.text("termination-log"))))
                #expect(result["contract"] == 1)
                #expect(result["base"]?.stringValue == String(base.output.dropLast()))
                let digest = try #require(result["digest"]?.stringValue)
                #expect(result["image"]?.stringValue == "\(registry.address)/landsat@\(digest)")
                images.insert(digest)
            }
            #expect(images.count == 1)

            let inspection = try await aerie("inspect", "\(registry.address)/landsat:1", "--output", "json")
            let seen = try JSONValue(parsing: inspection.output)
            #expect(seen["manifest"]?["annotations"]?["note"] == "a=b")
            #expect(seen["manifest"]?["annotations"]?["dev.aerie.metric.value"] == "0.91")
            #expect(seen["config"]?["config"]?["Labels"] == ["dev.aerie.metric.value": "0.91"])
            #expect(seen["config"]?["config"]?["Entrypoint"] == ["/usr/bin/aerie-serving"])
            #expect(seen["config"]?["config"]?["Cmd"] == ["--verbose"])
            #expect(seen["config"]?["config"]?["Env"] == ["MODEL_BASE_PATH=/models", "MODEL_NAME=landsat"])
            #expect(
                try await aerie("inspect", "\(registry.address)/landsat:1").output.contains(
                    "dev.aerie.metric.value=0.91"))

            let pull = try await aerie("pull", "\(registry.address)/landsat:1", "--to", "\(folder.path)/rootfs")
            #expect(pull.status == 0, "\(pull.error)")
            #expect(try folder.text("rootfs/models/landsat/3/saved_model.pb") == "pb")
            #expect(
                try await aerie("pull", "\(registry.address)/landsat:1", "--to", "\(folder.path)/rootfs").status == 78)
        }
    }

    @Test func `an OCI layout is what umoci unpacks`() async throws {
        let folder = try model()
        let build = try await aerie(
            "build", "--root", "\(folder.path)/root", "--oci-layout", "\(folder.path)/layout", "--tag", "1")
        #expect(build.status == 0, "\(build.error)")
        try await RegistryTests.unpack("\(folder.path)/layout:1", into: "\(folder.path)/bundle")
        #expect(try folder.mode("bundle/rootfs/usr/bin/aerie-serving") == 0o755)
    }

    @Test func `wrong usage exits with 64`() async throws {
        for arguments in [
            ["build"], ["build", "--push", "localhost:1/x"],
            ["build", "--root", "/", "--model", "/", "--push", "localhost:1/x"],
            ["build", "--model", "/x", "--push", "localhost:1/x"], ["build", "--root", "/x", "--push", "nginx"],
            ["build", "--model", "/x", "--name", "../x", "--push", "localhost:1/x"],
            ["build", "--root", "/x", "--label", "novalue", "--push", "localhost:1/x"],
            ["pull", "nginx", "--to", "/x"],
            ["inspect", "a b"],
        ] {
            let outcome = try await Tool.outcome(of: try Tool.program("aerie"), ["image"] + arguments)
            #expect(outcome.status == 64, "\(arguments): \(outcome.error)")
        }
    }

    @Test func `bad data exits with 65, a missing base with 78, wrong credentials with 77`() async throws {
        try await Registry.run(passwords: Registry.passwords) { registry in
            let folder = try model()
            let arguments = [
                "image", "build", "--model", "\(folder.path)/root", "--name", "x", "--push", "\(registry.address)/x",
            ]
            let noModel = try await Tool.outcome(of: try Tool.program("aerie"), arguments)
            #expect(noModel.status == 65)
            #expect(noModel.error.contains("has no file saved_model.pb"))

            func push(password: String, base: String...) async throws -> Tool.Outcome {
                let auth = Data("pusher:\(password)".utf8).base64EncodedString()
                try folder.write("docker/config.json", #"{"auths": {"\#(registry.address)": {"auth": "\#(auth)"}}}"#)
                return try await Tool.outcome(
                    of: try Tool.program("aerie"),
                    [
                        "image", "build", "--model", "\(folder.path)/model", "--name", "x", "--push",
                        "\(registry.address)/x",
                    ]
                        + base,
                    environment: ["DOCKER_CONFIG": "\(folder.path)/docker"])
            }
            #expect(try await push(password: "correct horse").status == 0)
            let denied = try await push(password: "wrong")
            #expect(denied.status == 77)
            #expect(denied.error.contains("to the user 'pusher' from \(folder.path)/docker/config.json"))
            let missing = try await push(password: "correct horse", base: "--base", "\(registry.address)/none:1")
            #expect(missing.status == 78)
            #expect(missing.error.hasPrefix("error: image \(registry.address)/none:1 does not exist"))
        }
    }

    @Test func `a registry that is away exits with 128, which is retryable`() async throws {
        let outcome = try await aerie("inspect", "127.0.0.1:9/x:1")
        #expect(outcome.status == 128)
        #expect(outcome.error.hasPrefix("error: registry 127.0.0.1:9 does not answer"))
    }
}
