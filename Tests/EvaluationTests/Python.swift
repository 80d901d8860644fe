import FoundationEssentials
import Glibc

/// The Python that `scripts/setup` made, with the libraries whose results ours are compared with.
enum Python {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Runs a script of `scripts/reference` on a file with `input` and gives what it prints.
    static func run(_ script: String, input: Data) throws -> Data {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["AERIE_CACHE"] ?? (environment["HOME"] ?? "") + "/.cache/aerie"
        let repository = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let file = FileManager.default.temporaryDirectory.appending(path: "\(script)-\(UUID().uuidString).json")
        try input.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let command = "'\(cache)/python/bin/python' '\(repository)/scripts/reference/\(script)' '\(file.path)'"
        guard let pipe = popen(command, "r") else { throw Failure(description: "cannot run \(command)") }
        var output = Data()
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            if count == 0 { break }
            output.append(contentsOf: buffer[..<count])
        }
        let status = pclose(pipe)
        guard status == 0 else { throw Failure(description: "\(command) ended with status \(status)") }
        return output
    }
}
