import Serving
import TestRandom
import Testing

@Suite("JSON numbers") struct JSONNumberTests {
    @Test(
        "A number reads as the nearest Double, as the standard library reads it",
        arguments: [
            "0", "-0", "1", "-1", "0.1", "1e3", "1E+3", "1e-3", "123456789012345678", "9007199254740993",
            "1.7976931348623157e308", "4.9e-324", "2.2250738585072011e-308", "0.30000000000000004",
            "123456789.123456789123456789", "1e23", "8.5e-22", "100000000000000000000000", "1e400", "-1e400", "1e-400",
        ])
    func double(text: String) throws {
        var scanner = JSONScanner(Array(text.utf8))
        let value = try scanner.number().double(in: scanner.bytes)
        #expect(value.bitPattern == Double(text)?.bitPattern)
        #expect(scanner.peek() == nil)
    }

    @Test("A Float is the nearest one, for every writing of its neighbourhood", arguments: 0..<20)
    func float(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let bits = UInt32(truncatingIfNeeded: random.next())
            let value = Float(bitPattern: bits)
            guard value.isFinite else { continue }
            // The Float itself, the middle between it and the next one, and what Python writes for a float32.
            let middle = (Double(value) + Double(value.nextUp)) / 2
            for text in [value.description, Double(value).description, middle.description, middle.nextUp.description] {
                guard text != "inf" else { continue }
                var scanner = JSONScanner(Array(text.utf8))
                let read = try scanner.number().float(in: scanner.bytes)
                #expect(read.bitPattern == Float(text)?.bitPattern, "\(text)")
            }
        }
    }

    @Test("A Double survives writing and reading", arguments: 0..<20)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            var scanner = JSONScanner(Array(value.description.utf8))
            #expect(try scanner.number().double(in: scanner.bytes).bitPattern == value.bitPattern)
        }
    }

    @Test(
        "Tokens beyond JSON stand for infinity and NaN",
        arguments: [
            ("NaN", Double.nan), ("-NaN", .nan), ("Infinity", .infinity), ("-Infinity", -.infinity), ("Inf", .infinity),
            ("-Inf", -.infinity),
        ])
    func tokens(text: String, expected: Double) throws {
        var scanner = JSONScanner(Array(text.utf8))
        let value = try scanner.number().double(in: scanner.bytes)
        #expect(value == expected || value.isNaN && expected.isNaN)
        #expect(scanner.peek() == nil)
    }

    @Test(
        "What is no number is refused",
        arguments: [
            "", "-", "+1", ".5", "5.", "1e", "1e+", "01", "-01", "nan", "inf", "--1", "N", "-I", "\"1\"",
        ])
    func refused(text: String) {
        var scanner = JSONScanner(Array(text.utf8))
        #expect(throws: (any Error).self) { try scanner.number() }
    }

    @Test("Whole numbers keep all of their digits and know their type's range")
    func whole() throws {
        func read<T: FixedWidthInteger>(_ text: String, as type: T.Type) throws -> T? {
            var scanner = JSONScanner(Array(text.utf8))
            return try scanner.number().whole(type, in: scanner.bytes)
        }
        #expect(try read("18446744073709551615", as: UInt64.self) == .max)
        #expect(try read("18446744073709551616", as: UInt64.self) == nil)
        #expect(try read("-9223372036854775808", as: Int64.self) == .min)
        #expect(try read("9223372036854775807", as: Int64.self) == .max)
        #expect(try read("9223372036854775808", as: Int64.self) == nil)
        #expect(try read("255", as: UInt8.self) == 255)
        #expect(try read("256", as: UInt8.self) == nil)
        #expect(try read("-1", as: UInt8.self) == nil)
        #expect(try read("-128", as: Int8.self) == -128)
        #expect(try read("3.0", as: Int32.self) == nil)
        #expect(try read("1e2", as: Int32.self) == nil)
    }
}
