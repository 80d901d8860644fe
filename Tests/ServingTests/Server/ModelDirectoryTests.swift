import FoundationEssentials
import Serving
import Testing

@Suite("Model folders") struct ModelDirectoryTests {
    /// Makes files under a new folder, and removes it afterwards.
    private func withFolder(_ files: [String], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path() + "/models-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for file in files {
            let path = "\(folder)/\(file)"
            let parent = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            if !file.hasSuffix("/") { try Data().write(to: URL(filePath: path)) }
        }
        try body(folder)
    }

    @Test("Folders that are numbers are versions, leading zeros or not")
    func versions() throws {
        try withFolder([
            "m/001/saved_model.pb", "m/20/saved_model.pb", "m/3/saved_model.pb", "m/tmp/x", "m/4", "readme",
        ]) { folder in
            let model = try ModelDirectory.find(in: folder, name: nil)
            #expect(model.name == "m")
            #expect(model.versions == [1: "\(folder)/m/001", 3: "\(folder)/m/3", 20: "\(folder)/m/20"])
            #expect(model.latest(1).versions.keys.sorted() == [20])
            #expect(model.latest(2).versions.keys.sorted() == [3, 20])
            #expect(model.latest(0).versions.keys.sorted() == [1, 3, 20])
        }
    }

    @Test(
        "Every mistake has its message and exit code",
        arguments: [
            ([], nil, .badConfiguration, "there is no model under"),
            (["m/"], nil, .badConfiguration, "has no version"),
            (["m/latest/saved_model.pb"], "m", .badConfiguration, "has no version"),
            (["m/1/saved_model.pb"], "n", .badConfiguration, "there is no model \"n\" under"),
            (["m/1/saved_model.pb", "n/1/saved_model.pb"], nil, .badConfiguration, "which --model-name; has m, n"),
            (["m/1/saved_model.pb", "m/01/saved_model.pb"], "m", .badConfiguration, "are the same version"),
            (["m/1/variables/variables.index"], "m", .badModel, "/m/1 has no saved_model.pb"),
        ] as [([String], String?, StartupError.Reason, String)])
    func mistakes(files: [String], name: String?, reason: StartupError.Reason, message: String) throws {
        try withFolder(files) { folder in
            let error = #expect(throws: StartupError.self) { try ModelDirectory.find(in: folder, name: name) }
            #expect(error?.reason == reason)
            let words = message.split(separator: "; ").flatMap { $0.split(separator: "which ") }
            #expect(words.allSatisfy { error?.message.contains($0) == true }, "\(error?.message ?? "")")
        }
    }

    @Test("A base path that is not there is named")
    func noBase() {
        #expect(throws: StartupError(.badConfiguration, "cannot read the folder /nowhere/models")) {
            try ModelDirectory.find(in: "/nowhere/models", name: "m")
        }
    }
}
