import FoundationEssentials

/// The operations on files that a traced program has carried out.
struct FileOperations {
    /// Where a program can be struck: where a thread enters `call` for the `number`th time, and names `path` if there is one.
    struct Point: Hashable, Sendable, CustomStringConvertible {
        var call: String
        var number: Int
        var path: String?

        var description: String { "\(call) number \(number)" + (path.map { " on \($0)" } ?? "") }

        /// The tracer that does `fault`, such as `signal=KILL` or `error=EIO`, at this point.
        func tracer(_ fault: String) -> [String] {
            ["strace", "-f", "-qq", "-o", "/dev/null"] + (path.map { ["-P", $0] } ?? [])
                + ["-e", "trace=\(call)", "-e", "inject=\(call):\(fault):when=\(number)"]
        }
    }

    /// Whatever changes a file or a folder.
    static let calls =
        "write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2,link,unlink,unlinkat,mkdir,mkdirat,ftruncate"

    static func tracer(output: String) -> [String] {
        ["strace", "-f", "-qq", "-o", output, "-e", "trace=\(calls)"]
    }

    private let lines: [(thread: Substring, call: Substring, paths: [Substring])]

    /// - Parameter trace: What ``tracer(output:)`` wrote.
    init(trace: String) throws {
        let text = try String(decoding: Data(contentsOf: URL(filePath: trace)), as: UTF8.self)
        lines = text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2, let bracket = words[1].firstIndex(of: "(") else { return nil }
            let call = words[1][..<bracket].drop { $0 == " " }
            guard call.allSatisfy({ $0.isLetter || $0.isNumber }) else { return nil }
            let quoted = words[1].split(separator: "\"", omittingEmptySubsequences: false)
            let paths = quoted.indices.filter { $0 % 2 == 1 }.map { quoted[$0] }.filter { $0.hasPrefix("/") }
            return (words[0], call, paths)
        }
    }

    /// Every operation as a point.
    ///
    /// The tracer counts the calls of each thread by itself. A path tells threads apart that make the same call; where
    /// there is none, as for writes, the first thread to come to a number stands for all.
    ///
    /// - Parameter folder: Where the paths are whose names do not change from run to run.
    func points(in folder: String) -> [Point] {
        var counts: [String: Int] = [:]
        var points: [Point] = []
        for line in lines {
            counts["\(line.thread) \(line.call)", default: 0] += 1
            // The last path is the one that the operation is for; temporary names are other ones in every run.
            let path = line.paths.last.flatMap { path in
                path.hasPrefix(folder) && !path.contains(".tmp") && !path.contains("tempstate") ? String(path) : nil
            }
            let number = counts["\(line.thread) \(line.call)"] ?? 1
            let point = Point(call: String(line.call), number: number, path: path)
            if !points.contains(point) { points.append(point) }
        }
        return points
    }
}
