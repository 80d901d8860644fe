import KubernetesAPI

/// Images that stand for programs of the local build: a name and the program that runs under it.
public struct ImageTable: Hashable, Sendable {
    /// One program and what it needs.
    public struct Entry: Codable, Hashable, Sendable {
        /// Absolute.
        public var program: String
        /// Before the container's own arguments.
        public var arguments: [String]?
        public var environment: [String: String]?
        /// More files and folders that the program reads, bound read-only at their own places.
        public var paths: [String]?

        public init(
            program: String, arguments: [String]? = nil, environment: [String: String]? = nil, paths: [String]? = nil
        ) {
            self.program = program
            self.arguments = arguments
            self.environment = environment
            self.paths = paths
        }
    }

    public private(set) var entries: [String: Entry]

    public init(_ entries: [String: Entry] = [:]) { self.entries = entries }

    /// Reads `name=/path/to/program`, as given on the command line.
    public mutating func add(argument: String, workingDirectory: String) throws(LocalClusterError) {
        guard let separator = argument.lastIndex(of: "="), separator != argument.startIndex else {
            throw LocalClusterError(
                "--image \(argument): write name=program, as in aerie-trainer:local=/path/to/program")
        }
        let path = String(argument[argument.index(after: separator)...])
        let program = path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"
        guard Files.isExecutable(program) else {
            throw LocalClusterError("--image \(argument): \(program) is not a program that can be executed")
        }
        entries[String(argument[..<separator])] = Entry(program: program)
    }

    /// Adds the entries of a JSON file: `{"images": {"name": {"program": "/path", …}}}`.
    public mutating func add(file: String) throws {
        struct Document: Codable {
            var images: [String: Entry]
        }
        do {
            let document = try JSONValue(parsing: Files.read(file)).decode(Document.self)
            entries.merge(document.images) { _, new in new }
        } catch let error as DecodingError {
            throw LocalClusterError("\(file): \(error.sentence)")
        } catch let error as JSONSyntaxError {
            throw LocalClusterError("\(file): \(error)")
        }
    }
}
