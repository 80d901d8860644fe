/// The two comment lines before a family's samples.
func exposition(help: String, type: String, of name: String) -> String {
    let escaped = help.escaped(["\\": "\\\\", "\n": "\\n"])
    return "# HELP \(name) \(escaped)\n# TYPE \(name) \(type)\n"
}

/// `{a="1",b="2"}`, or nothing where there are no labels.
func exposition(labels: [String], values: [String], also extra: (name: String, value: String)? = nil) -> String {
    let pairs = Array(zip(labels, values)) + (extra.map { [($0.name, $0.value)] } ?? [])
    guard !pairs.isEmpty else { return "" }
    let written = pairs.map { "\($0.0)=\"\($0.1.escaped(["\\": "\\\\", "\n": "\\n", "\"": "\\\""]))\"" }
    return "{\(written.joined(separator: ","))}"
}

/// A sample's value in the text format: whole numbers without a fraction, `+Inf`, `-Inf` and `NaN` in Go's words.
func expositionText(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if let whole = Int64(exactly: value) { return String(whole) }
    return String(describing: value)
}

extension String {
    fileprivate func escaped(_ replacements: [Character: String]) -> String {
        reduce(into: "") { $0 += replacements[$1] ?? String($1) }
    }
}
