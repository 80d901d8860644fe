import FoundationEssentials
import KubernetesAPI
import LocalCluster
import TestSupport
import Testing

extension LocalClusterTests {
    /// A shell, the libraries that it loads, `cat`, and one file: all that the image has.
    private func makeImage(in folder: String, registry: Registry) async throws -> String {
        let script = """
            set -euo pipefail
            cd "$1"; umoci init --layout layout; umoci new --image layout:1
            umoci unpack --rootless --image layout:1 bundle; ln -s bundle/rootfs root; mkdir -p root/bin
            cp /bin/sh /bin/cat root/bin/
            for file in $( (ldd /bin/sh; ldd /bin/cat) | grep -o '/[^ ]*' | sort -u); do
                mkdir -p "root$(dirname "$file")"; cp -L "$file" "root$file"
            done
            echo "from the image" > root/message
            umoci repack --image layout:1 bundle
            umoci config --image layout:1 --config.entrypoint /bin/sh --config.env GREETING=hello --config.user 1000:1000
            skopeo copy --insecure-policy --dest-tls-verify=false oci:layout:1 "docker://$2/shell:1"
            skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$2/shell:1"
            """
        let output = try await Tool.run("bash", ["-c", script, "image", folder, registry.address])
        return try #require(output.split(separator: "\n").last.map(String.init))
    }

    @Test("an image pulled by digest runs from its own files, which two containers cannot change for each other")
    func pulledImage() async throws {
        let cluster = try #require(RunningCluster.current)
        let folder = RunningCluster.temporaryFolder()
        try Files.createFolder(folder)
        defer { try? Files.remove(folder) }
        try await Registry.run { registry in
            let digest = try await makeImage(in: folder, registry: registry)
            let image: JSONValue = ["image": .string("\(registry.address)/shell@\(digest)")]
            // `/usr/bin` is the machine's: the image does not have it. What is written stays in the container.
            let script = """
                cat /message; echo $GREETING; test -e /usr/bin/env || echo alone
                test -e /written && echo shared; echo x 2>/dev/null > /written; echo over > /message 2>/dev/null
                cat /etc/hosts > /dev/null && echo named
                """
            for name in ["pulled-a", "pulled-b"] {
                let output = try await cluster.output(name, script, container: image)
                #expect(output == "from the image\nhello\nalone\nnamed\n")
            }
            let status = try await cluster.status("pulled-a")
            #expect(
                status["containerStatuses"]?[0]?["imageID"]?.stringValue == "\(registry.address)/shell@\(digest)")
        }
    }

    @Test("an image whose layer was changed by one byte is refused, naming the digest") func damagedImage() async throws
    {
        let cluster = try #require(RunningCluster.current)
        let folder = RunningCluster.temporaryFolder()
        try Files.createFolder(folder)
        defer { try? Files.remove(folder) }
        try await Registry.run { registry in
            let digest = try await makeImage(in: folder, registry: registry)
            // The largest blob is the layer.
            let damage = """
                file=$(find "$1" -path '*blobs*' -name data -printf '%s %p\\n' | sort -n | tail -n 1 | cut -d' ' -f2)
                printf 'X' | dd of="$file" bs=1 seek=5000 conv=notrunc status=none
                """
            try await Tool.run("bash", ["-c", damage, "damage", registry.storage])
            try await cluster.create(
                "damaged", "true", container: ["image": .string("\(registry.address)/shell@\(digest)")])
            let status = try await cluster.wait("damaged", "refused") {
                ["ErrImagePull", "ImagePullBackOff"].contains(
                    $0["containerStatuses"]?[0]?["state"]?["waiting"]?["reason"]?.stringValue)
            }
            let message = status["containerStatuses"]?[0]?["state"]?["waiting"]?["message"]?.stringValue ?? ""
            #expect(message.contains("sha256:"), "\(message)")
            try await cluster.delete("damaged")
        }
    }
}
