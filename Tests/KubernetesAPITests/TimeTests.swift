import KubernetesAPI
import Testing

@Suite struct TimeTests {
    static let known: [(String, Int64)] = [
        ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", -1), ("2000-02-29T12:00:00Z", 951_825_600),
        ("2026-11-21T04:00:00Z", 1_795_233_600), ("2038-01-19T03:14:08Z", 2_147_483_648),
        ("1900-03-01T00:00:00Z", -2_203_891_200), ("9999-12-31T23:59:59Z", 253_402_300_799),
    ]

    @Test(arguments: known) func `times are read and written`(text: String, seconds: Int64) {
        #expect(Time(text)?.seconds == seconds)
        #expect(Time(seconds: seconds).description == text)
    }

    @Test(
        arguments: [
            ("2026-11-21T06:00:00+02:00", 1_795_233_600), ("2026-11-20T20:00:00-08:00", 1_795_233_600),
            ("2026-11-21T04:00:00.999999999Z", 1_795_233_600), ("2026-11-21t04:00:00z", 1_795_233_600),
        ] as [(String, Int64)])
    func `offsets and fractions are understood`(text: String, seconds: Int64) {
        #expect(Time(text)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-1-1T00:00:00Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", "+026-01-01T00:00:00Z", "2026-01-32T00:00:00Z",
        "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00-99:99", "2026-01-01T00:00:00+01:60",
        "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01",
    ])
    func `anything else is no time`(text: String) {
        #expect(Time(text) == nil)
    }

    @Test(
        arguments: [
            (0, .max, Time.latest), (0, .min, .earliest), (1_700_000_000, .max, .latest), (-1, .min, .earliest),
            (.max, 1, .latest), (.min, -1, .earliest), (1_700_000_000, 60, Time(seconds: 1_700_000_060)),
            (253_402_300_799, 1, .latest), (-62_167_219_200, -1, .earliest),
        ] as [(Int64, Int64, Time)])
    func `no delta leads out of what can be written`(seconds: Int64, delta: Int64, moment: Time) {
        let later = Time(seconds: seconds).advanced(bySeconds: delta)
        #expect(later == moment)
        #expect(Time(later.description) == later)
    }

    @Test func `the time between two moments is never too long for a number`() {
        #expect(Time(seconds: .max).seconds(since: Time(seconds: .min)) == .max)
        #expect(Time(seconds: .min).seconds(since: Time(seconds: .max)) == .min)
        #expect(Time(seconds: .min).seconds(since: Time(seconds: 1)) == .min)
        #expect(Time(seconds: 7).seconds(since: Time(seconds: 10)) == -3)
    }

    @Test func `micro times always have six digits`() {
        #expect(MicroTime(microseconds: 1_500_000).description == "1970-01-01T00:00:01.500000Z")
        #expect(MicroTime(microseconds: -1).description == "1969-12-31T23:59:59.999999Z")
        #expect(MicroTime(microseconds: -1).time == Time(seconds: -1))
    }

    @Test(arguments: [0, 1, 999_999, 1_795_233_600_123_456, -62_135_596_800_000_000] as [Int64])
    func `micro times survive JSON`(microseconds: Int64) throws {
        let time = MicroTime(microseconds: microseconds)
        #expect(try JSONValue(encoding: time).decode(MicroTime.self) == time)
    }
}
