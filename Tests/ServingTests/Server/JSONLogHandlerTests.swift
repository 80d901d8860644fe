import KubernetesAPI
import Logging
import Serving
import StructuredLogging
import Synchronization
import Testing

@Suite("Log lines") struct JSONLogHandlerTests {
    private final class Lines: Sendable {
        let bytes = Mutex<[UInt8]>([])
    }

    @Test("An entry is one line of JSON with its metadata")
    func line() throws {
        let lines = Lines()
        var logger = Logger(label: "test") { _ in
            JSONLogHandler(level: .info) { line in lines.bytes.withLock { $0 += line } }
        }
        logger[metadataKey: "model"] = "landsat"
        logger.debug("not written")
        logger.info("loaded\nfully", metadata: ["version": .stringConvertible(3), "seconds": .stringConvertible(0.5)])
        let bytes = lines.bytes.withLock { $0 }
        #expect(bytes.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        let entry = try JSONValue(parsing: bytes)
        #expect(entry["message"] == "loaded\nfully")
        #expect(entry["level"] == "info")
        #expect(entry["model"] == "landsat")
        #expect(entry["version"] == 3)
        #expect(entry["seconds"] == 0.5)
        #expect(entry["time"]?.stringValue?.hasSuffix("Z") == true)
    }
}
