import AerieAPI
import Testing

@Test("the list of files is sorted by the bytes of their names, one line each")
func fileDigestList() {
    let files = [
        FileDigest(name: "b.index", size: 12, sha256: "bb"), FileDigest(name: "B.data", size: 3, sha256: "cc"),
        FileDigest(name: "a/z", size: 0, sha256: "aa"),
    ]
    #expect(FileDigest.list(files) == "cc  3  B.data\naa  0  a/z\nbb  12  b.index\n")
    #expect(FileDigest.list(files.reversed()) == FileDigest.list(files))
}

@Test("only codes from 128 on are worth another try", arguments: TrialExitCode.allCases)
func retryableExitCodes(code: TrialExitCode) {
    let retryable: [TrialExitCode] = [.temporaryFailure, .terminated]
    #expect(TrialExitCode.isRetryable(code.rawValue) == retryable.contains(code))
}

@Test("a line of progress is read back; other lines are not progress")
func progressLines() throws {
    let line =
        #"{"level":"info","message":"progress","metrics":{"training/loss":0.5},"rate":120.5,"step":10,"steps":100,"time":"2026-01-02T03:04:05Z"}"#
    let progress = try #require(TrialProgress(line: line))
    #expect(progress.step == 10 && progress.steps == 100 && progress.rate.value == 120.5)
    #expect(progress.metrics["training/loss"] == 0.5)
    #expect(TrialProgress(line: #"{"message":"started"}"#) == nil)
    #expect(TrialProgress(line: "not JSON") == nil)
}
