import FoundationEssentials

/// What `scripts/setup` put outside the checkout, and this build's programs.
enum Installation {
    static let environment = ProcessInfo.processInfo.environment
    static let cache = environment["AERIE_CACHE"] ?? "\(environment["HOME"] ?? "")/.cache/aerie"
    static let landsat = "\(cache)/datasets/landsat/trial"
    static let heldOutLandsat = "\(cache)/datasets/landsat/held-out"

    /// The program that was built together with these tests.
    static func trainer() throws -> String {
        if let programs = environment["AERIE_PROGRAMS"] { return "\(programs)/aerie-trainer" }
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return tests.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/aerie-trainer"
    }

    /// Runs a script of `scripts/reference` with the Python that has TensorFlow, and gives what it prints.
    static func python(_ script: String, _ arguments: [String]) throws -> String {
        let repository = #filePath.split(separator: "/").dropLast(4).map { "/\($0)" }.joined()
        let ending = try ChildProcess(
            "\(cache)/python/bin/python", ["\(repository)/scripts/reference/\(script)"] + arguments,
            environment: environment.merging(["TF_CPP_MIN_LOG_LEVEL": "2"]) { $1 }
        ).wait()
        guard ending.code == 0 else { throw TestFailure("\(script) failed: \(ending.errors)") }
        return ending.output
    }
}
