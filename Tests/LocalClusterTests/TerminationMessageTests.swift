import LocalCluster
import Testing

@Suite("Last words of a container")
struct TerminationMessageTests {
    private func text(
        file: String = "", exitCode: Int = 1, policy: ContainerManifest.TerminationMessagePolicy = .file,
        log: String = "one\ntwo\n"
    ) -> String? {
        TerminationMessage.text(file: Array(file.utf8), exitCode: exitCode, policy: policy) { Array(log.utf8) }
    }

    @Test("the file counts, whatever the policy") func file() {
        #expect(text(file: "bye") == "bye")
        #expect(text(file: "bye", policy: .fallbackToLogsOnError) == "bye")
    }

    @Test("at most 4096 bytes of the file") func fileLimit() {
        #expect(text(file: String(repeating: "x", count: 5_000))?.utf8.count == 4_096)
    }

    @Test("the log stands in only when asked for, and only after a failure") func fallback() {
        #expect(text(policy: .fallbackToLogsOnError) == "one\ntwo\n")
        #expect(text(exitCode: 0, policy: .fallbackToLogsOnError) == nil)
        #expect(text(policy: .file) == nil)
    }

    @Test("at most 80 lines and 2048 bytes of the log") func logLimit() {
        let lines = (1...200).map { "line \($0)\n" }.joined()
        let short = text(policy: .fallbackToLogsOnError, log: lines)
        #expect(short?.split(separator: "\n").count == 80)
        #expect(short?.hasPrefix("line 121\n") == true)
        let long = text(policy: .fallbackToLogsOnError, log: String(repeating: "y", count: 9_000))
        #expect(long?.utf8.count == 2_048)
    }
}
