import LocalCluster
import Testing

@Suite("Command lines of sandboxes")
struct SandboxTests {
    private func contains(_ command: [String], _ words: [String]) -> Bool {
        guard command.count >= words.count else { return false }
        return (0...(command.count - words.count)).contains { Array(command[$0..<($0 + words.count)]) == words }
    }

    @Test("a local program sees the host's system folders, its own files, and nothing else") func host() {
        let command = Sandbox(
            root: .host(paths: ["/opt/x/lib.so"]), hostName: "pod", program: ["/opt/x/program", "-a"]
        ).command()
        #expect(command.first == "bwrap")
        #expect(contains(command, ["--ro-bind", "/usr", "/usr"]))
        #expect(contains(command, ["--ro-bind", "/opt/x/lib.so", "/opt/x/lib.so"]))
        #expect(!contains(command, ["--ro-bind", "/", "/"]))
        #expect(Array(command.suffix(3)) == ["--", "/opt/x/program", "-a"])
        for flag in ["--unshare-pid", "--die-with-parent", "--new-session"] { #expect(command.contains(flag)) }
    }

    @Test("outer mounts come before inner ones, and reading is not writing") func mountOrder() {
        let command = Sandbox(
            root: .host(paths: []),
            mounts: [
                .init(source: "/b", target: "/data/inner", isReadOnly: true), .init(source: "/a", target: "/data"),
            ], hostName: "pod", program: ["x"]
        ).command()
        #expect(contains(command, ["--bind", "/a", "/data", "--ro-bind", "/b", "/data/inner"]))
    }

    @Test("an image is the lower layer of an overlay whose arguments no shell reads") func image() {
        let command = Sandbox(
            root: .image(rootFileSystem: "/images/1", writable: "/run/1"), hostName: "pod", program: ["$(x)"]
        ).command()
        #expect(command.first == "unshare")
        #expect(
            contains(
                command, ["sh", "lowerdir=/images/1,upperdir=/run/1/upper,workdir=/run/1/work", "/run/1/root", "bwrap"])
        )
        #expect(contains(command, ["--bind", "/run/1/root", "/"]))
    }

    @Test("root loses the dangerous capabilities; others live in a user namespace") func users() {
        var sandbox = Sandbox(root: .host(paths: []), hostName: "pod", program: ["x"])
        #expect(contains(sandbox.command(), ["--cap-drop", "ALL"]))
        #expect(!sandbox.command().contains("CAP_SYS_ADMIN"))
        sandbox.user = .init(id: 1_000, group: 2_000)
        #expect(contains(sandbox.command(), ["--unshare-user", "--uid", "1000", "--gid", "2000"]))
    }

    @Test("a read-only root is made so after everything is mounted") func readOnlyRoot() throws {
        let command = Sandbox(
            root: .host(paths: []), mounts: [.init(source: "/a", target: "/data")], hostName: "pod", program: ["x"],
            isRootReadOnly: true
        ).command()
        let mount = try #require(command.firstIndex(of: "/data"))
        let remount = try #require(command.firstIndex(of: "--remount-ro"))
        #expect(mount < remount)
    }
}
