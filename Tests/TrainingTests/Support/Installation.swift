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
}
