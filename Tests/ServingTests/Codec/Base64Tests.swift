import Serving
import Testing

@Suite("Base 64") struct Base64Tests {
    @Test(
        "The vectors of RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func vectors(text: String, encoded: String) throws {
        var output: [UInt8] = []
        Base64.encode(Array(text.utf8), to: &output)
        #expect(String(decoding: output, as: UTF8.self) == encoded)
        #expect(try Base64.decode(output) == Array(text.utf8))
        #expect(try Base64.decode(Array(encoded.filter { $0 != "=" }.utf8)) == Array(text.utf8), "without padding")
    }

    @Test("All bytes survive, at every length", arguments: 0..<100)
    func roundTrip(length: Int) throws {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + length) }
        var output: [UInt8] = []
        Base64.encode(bytes, to: &output)
        #expect(try Base64.decode(output) == bytes)
    }

    @Test("Damage is refused", arguments: ["Z", "Zg=", "Zg===", "Zm9vY", "Z!==", "Zm9v\n", "Zm 9", "====", "=Zg="])
    func damaged(text: String) { #expect(throws: (any Error).self) { try Base64.decode(Array(text.utf8)) } }
}
