/// A moment as Kubernetes writes it in most objects: RFC 3339 in UTC with whole seconds.
///
/// - SeeAlso: `metav1.Time` in `k8s.io/apimachinery/pkg/apis/meta/v1/time.go`.
public struct Time: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
    public var seconds: Int64

    public init(seconds: Int64) { self.seconds = seconds }

    public static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }

    /// The first and the last moment that RFC 3339 can write.
    public static let earliest = Time(seconds: -62_167_219_200)
    public static let latest = Time(seconds: 253_402_300_799)

    /// Seconds from `other` to this moment; the largest or least number of seconds where they are more.
    public func seconds(since other: Time) -> Int64 { seconds.subtractingWithSaturation(other.seconds) }

    /// The moment so many seconds later, but never before ``earliest`` or after ``latest``: deltas come from specs.
    public func advanced(bySeconds delta: Int64) -> Time {
        min(max(Time(seconds: seconds.addingWithSaturation(delta)), .earliest), .latest)
    }
}

extension Time: CustomStringConvertible {
    public var description: String { "\(CivilTime(seconds: seconds))Z" }
}

/// A moment as Kubernetes writes it in `Lease` and `Event` objects.
///
/// The text form is RFC 3339 in UTC with exactly six fractional digits: the API server is written in Go and refuses any
/// other number of digits.
///
/// - SeeAlso: `RFC3339Micro` in `k8s.io/apimachinery/pkg/apis/meta/v1/micro_time.go`.
public struct MicroTime: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z, without leap seconds.
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

    /// The same moment in whole seconds, rounded down.
    public var time: Time { Time(seconds: microseconds.flooredDivision(by: 1_000_000).quotient) }
}

extension MicroTime: CustomStringConvertible {
    public var description: String {
        let (seconds, micros) = microseconds.flooredDivision(by: 1_000_000)
        return "\(CivilTime(seconds: seconds)).\(padded(micros, to: 6))Z"
    }
}

extension Time: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let micros = rfc3339Microseconds(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\"\(text)\" is not an RFC 3339 time")
        }
        self.init(seconds: micros.flooredDivision(by: 1_000_000).quotient)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// Reads an RFC 3339 text; `nil` for anything else.
    ///
    /// Fractions of a second are cut off.
    public init?(_ text: String) {
        guard let micros = rfc3339Microseconds(text) else { return nil }
        self.init(seconds: micros.flooredDivision(by: 1_000_000).quotient)
    }
}

extension MicroTime: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let micros = rfc3339Microseconds(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\"\(text)\" is not an RFC 3339 time")
        }
        self.init(microseconds: micros)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A date and a time of day of the proleptic Gregorian calendar in UTC.
private struct CivilTime: CustomStringConvertible {
    // Cannot overflow: the days of any Int64 of seconds are below 2⁴⁷, and parsed years have four digits.
    var year: Int64
    var month: Int64
    var day: Int64
    var secondOfDay: Int64

    /// Uses the era arithmetic of Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms".
    init(seconds: Int64) {
        let (days, second) = seconds.flooredDivision(by: 86_400)
        let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        secondOfDay = second
    }

    static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.flooredDivision(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    var description: String {
        let clock = [secondOfDay / 3_600, secondOfDay / 60 % 60, secondOfDay % 60].map { padded($0, to: 2) }
        return "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))T\(clock.joined(separator: ":"))"
    }
}

/// Microseconds since 1970 of an RFC 3339 text with any number of fractional digits and any offset.
private func rfc3339Microseconds(_ text: String) -> Int64? {
    // Cannot overflow: every part has a fixed number of digits, and the year 9999 is below 2⁵⁸ microseconds.
    var rest = Array(text.utf8)[...]
    func number(digits: Int) -> Int64? {
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard rest.count >= digits, rest.prefix(digits).allSatisfy(isDigit),
            let value = Int64(String(decoding: rest.prefix(digits), as: UTF8.self))
        else { return nil }
        rest = rest.dropFirst(digits)
        return value
    }
    func take(_ characters: String) -> UInt8? {
        guard let first = rest.first, characters.utf8.contains(first) else { return nil }
        rest = rest.dropFirst()
        return first
    }
    guard let year = number(digits: 4), take("-") != nil, let month = number(digits: 2), (1...12).contains(month),
        take("-") != nil, let day = number(digits: 2), (1...31).contains(day), take("Tt ") != nil,
        let hour = number(digits: 2), hour < 24, take(":") != nil, let minute = number(digits: 2), minute < 60,
        take(":") != nil, let second = number(digits: 2), second <= 60
    else { return nil }
    var micros: Int64 = 0
    if take(".") != nil {
        let fraction = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !fraction.isEmpty else { return nil }
        rest = rest.dropFirst(fraction.count)
        micros = Int64(String(decoding: (Array(fraction) + Array("000000".utf8)).prefix(6), as: UTF8.self)) ?? 0
    }
    var offset: Int64 = 0
    switch take("Zz+-") {
    case UInt8(ascii: "Z"), UInt8(ascii: "z"): break
    case let sign?:
        guard let hours = number(digits: 2), hours < 24, take(":") != nil, let minutes = number(digits: 2), minutes < 60
        else { return nil }
        offset = (hours * 3_600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
    case nil: return nil
    }
    guard rest.isEmpty else { return nil }
    let days = CivilTime.daysSince1970(year: year, month: month, day: day)
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
    // In UTC it may be a year that cannot be written again.
    guard (Time.earliest.seconds...Time.latest.seconds).contains(seconds) else { return nil }
    return seconds * 1_000_000 + micros
}

extension Int64 {
    /// Division that rounds towards negative infinity, so that moments before 1970 work.
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        // Cannot overflow: divisors are literals above 1, so that the quotient has room for one less.
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private func padded(_ value: Int64, to width: Int) -> String {
    let digits = String(value)
    return "\(String(repeating: "0", count: max(0, width.subtractingWithSaturation(digits.count))))\(digits)"
}
