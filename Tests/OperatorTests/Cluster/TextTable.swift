/// A table as `kubectl get` prints it, cell by cell.
struct TextTable: Sendable {
    let columns: [String]
    let rows: [[String: String]]

    /// - Parameter lines: The header and the rows; a cell ends at its first space.
    init(_ lines: some Sequence<some StringProtocol>) {
        let lines = lines.map { Array($0) }
        guard let header = lines.first else {
            (columns, rows) = ([], [])
            return
        }
        // A cell begins below its column's name, whether it is empty or not.
        let starts = header.indices.filter { header[$0] != " " && ($0 == 0 || header[$0 - 1] == " ") }
        func cells(_ line: [Character]) -> [String] {
            zip(starts, starts.dropFirst() + [Int.max]).map { start, end in
                let cell = line.dropFirst(start).prefix(end - start)
                return String(cell.prefix { $0 != " " })
            }
        }
        let columns = cells(header)
        self.columns = columns
        rows = lines.dropFirst().map { line in
            Dictionary(zip(columns, cells(line))) { first, _ in first }
        }
    }
}
