import KubernetesAPI
import Testing

/// Amounts of resources, as Kubernetes writes them.
@Suite struct QuantityTests {
    @Test(arguments: [
        ("0", "0"), ("1", "1"), ("1000m", "1"), ("100m", "100m"), ("0.5", "500m"), ("1.5", "1500m"), ("1000", "1k"),
        ("1e3", "1k"), ("1E3", "1k"), ("2E", "2E"), ("16Gi", "16Gi"), ("1024Mi", "1Gi"), ("1.5Gi", "1536Mi"),
        ("512Ki", "512Ki"), ("1Ki", "1Ki"), ("250u", "250u"), ("3n", "3n"), ("0.1n", "1n"), ("-2", "-2"), ("+2", "2"),
        (".5", "500m"), ("5.", "5"), ("12e-3", "12m"), ("129e6", "129M"), ("0.5Ki", "512"),
    ])
    func `an amount is written in the largest unit without a fraction`(text: String, canonical: String) {
        #expect(Quantity(text)?.description == canonical)
    }

    @Test(arguments: [
        "", "Gi", "1.2.3", "1 Gi", "1gi", "--1", "1e", "1e99", "abc", ".", "1-2", "9999999999999999999999999E",
        "1e-9223372036854775808", "1e9223372036854775807", "1e21", "1e-21",
    ])
    func `what is no amount is refused`(text: String) {
        #expect(Quantity(text) == nil)
    }

    @Test(arguments: [
        ("500m", "1500m", "2"), ("16Gi", "512Mi", "16896Mi"), ("1", "1Gi", "1073741825"), ("0", "1Gi", "1Gi"),
        ("1Gi", "1G", "2073741824"), ("100m", "0", "100m"),
    ])
    func `a sum is exact, in the style of its first part`(left: String, right: String, sum: String) throws {
        #expect(try (#require(Quantity(left)) + #require(Quantity(right))).description == sum)
    }

    @Test func `many of one amount`() throws {
        #expect(try (#require(Quantity("1500m")) * 4).description == "6")
        #expect(try (#require(Quantity("640Mi")) * 8).description == "5Gi")
        #expect((Quantity.zero * 7).description == "0")
    }

    @Test func `what is too much to count stays on its side of zero`() throws {
        let most = try #require(Quantity("99999999999E"))
        let least = try #require(Quantity("-99999999999E"))
        #expect((most * .max).description == (most * .max + most).description)
        #expect((most * .min).description == (least * .max).description)
        #expect((least * .max).description == (least * .max + least).description)
        #expect((least * .max).description.hasPrefix("-"))
    }

    @Test(arguments: [
        ("1Gi", "1Mi", 1024), ("1500m", "1", 2), ("250m", "1m", 250), ("0", "1", 0), ("1", "1Gi", 1),
        ("1Ki", "1", 1024),
    ])
    func `so many units hold an amount`(amount: String, unit: String, count: Int) throws {
        #expect(try #require(Quantity(amount)).count(of: #require(Quantity(unit))) == count)
        #expect(Quantity(amount)?.count(of: .zero) == nil)
    }

    @Test func `amounts in JSON are texts or whole numbers`() {
        #expect(Quantity(JSONValue("2Gi"))?.description == "2Gi")
        #expect(Quantity(JSONValue(4))?.description == "4")
        #expect(Quantity(JSONValue(true)) == nil)
    }
}
