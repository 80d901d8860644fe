import ArgumentParser

/// An argument of the form `name=value`; the value may be empty and contain further `=`.
struct NameValue: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        name = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
    }
}

extension [String: String] {
    /// Of several values for one name the last one counts.
    init(_ arguments: [NameValue]) {
        self.init(arguments.map { ($0.name, $0.value) }) { _, last in last }
    }
}
