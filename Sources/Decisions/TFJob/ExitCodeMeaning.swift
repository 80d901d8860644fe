import KubernetesAPI

/// What an exit code usually means, for people who read `kubectl describe`.
enum ExitCodeMeaning {
    /// The container's termination reason tells the kernel's kill for memory from any other.
    static func of(_ code: Int, reason: String) -> String {
        if reason == "OOMKilled" { return "killed because it used more memory than its limit" }
        if let known = known[code] { return known }
        if (129...192).contains(code) { return "ended by signal \(code.subtractingWithSaturation(128))" }
        return code >= 128 ? "an error that may pass" : "an error of the program"
    }

    /// Below 128 by `sysexits.h` and the shell's habits, above by signal number.
    private static let known: [Int: String] = [
        0: "ended well",
        1: "an error of the program",
        2: "wrong use of the command, or an error of the program",
        64: "wrong command line",
        65: "bad input data",
        78: "wrong configuration",
        126: "the command is not executable",
        127: "the command was not found",
        130: "interrupted (SIGINT)",
        132: "illegal instruction (SIGILL): built for another processor?",
        134: "aborted itself (SIGABRT)",
        137: "killed (SIGKILL), often for lack of memory",
        139: "segmentation fault (SIGSEGV)",
        143: "asked to end (SIGTERM)",
    ]
}
