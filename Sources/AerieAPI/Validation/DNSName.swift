/// What Kubernetes lets objects be called.
public enum DNSName {
    /// Small letters, digits and `-`, beginning with a letter: names of services, which are parts of host names.
    public static func isLabel(_ text: String, maximumLength: Int = 63) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return isPart(text, maximumLength: maximumLength)
    }

    /// Labels joined by dots, which may begin with digits: names of most objects.
    public static func isSubdomain(_ text: String) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
                isPart(String($0), maximumLength: 253)
            }
    }

    private static func isPart(_ text: String, maximumLength: Int) -> Bool {
        let bytes = text.utf8
        guard bytes.count <= maximumLength, let first = bytes.first, let last = bytes.last else {
            return false
        }
        return bytes.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") } && isLetterOrDigit(first)
            && isLetterOrDigit(last)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
