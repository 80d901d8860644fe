import FoundationEssentials
import KubernetesAPI

/// The commands of docs/kubectl.md with what they printed when the page was written.
enum KubectlGuide {
    struct Step: Sendable {
        var command: String
        var output: String

        /// What is the same in every run that goes the same way; times, names of nodes and measured values are not.
        var shape: Set<String> { KubectlGuide.shape(of: output, by: command) }
    }

    static func steps() throws -> [Step] {
        let repository = #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" }
        let page = try String(contentsOfFile: "\(repository)/docs/kubectl.md", encoding: .utf8)
        return page.split(separator: "```\n").filter { $0.hasPrefix("$ ") }.map { block in
            let lines = block.split(separator: "\n", maxSplits: 1)
            return Step(command: String(lines[0].dropFirst(2)), output: lines.count > 1 ? String(lines[1]) : "")
        }
    }

    static func shape(of output: String, by command: String) -> Set<String> {
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if command.contains(" describe ") { return description(lines) }
        if command.contains(" explain ") { return explanation(lines) }
        if command.contains("jsonpath") {
            return Set((try? JSONValue(parsing: Array(output.utf8)))?.objectValue?.keys.map(\.self) ?? [])
        }
        if command.contains(" get crd ") { return Set(lines.map { String($0.prefix { $0 != " " }) }) }
        let isTable = command.contains(" get ") || command.contains(" events ")
        return isTable ? tables(lines) : Set(lines.map(collapsed))
    }

    /// Columns whose cells depend only on how a run goes.
    private static let settled: Set<String> = [
        "NAME", "EXPERIMENT", "STATE", "REASON", "TRIALS", "RUNNING", "FAILED", "METRIC", "ATTEMPTS", "READY",
        "RESTARTS",
        "DISRUPTIONS", "TYPE", "OBJECT",
    ]

    private static func tables(_ lines: [String]) -> Set<String> {
        Set(
            lines.split(separator: "").flatMap { part in
                let table = TextTable(part)
                let rows = table.rows.filter { $0["REASON"] != unplayedReason }.map { row in
                    row.filter { settled.contains($0.key) }.sorted { $0.key < $1.key }
                        .map { "\($0.key)=\($0.value)" }.joined(separator: " ")
                }
                return [table.columns.joined(separator: " ")] + rows
            })
    }

    /// The keys of a description, the values of those that say how it went, its conditions, and its events.
    private static func description(_ lines: [String]) -> Set<String> {
        let parts = lines.split(separator: "Events:", maxSplits: 1)
        let events = (parts.count > 1 ? TextTable(parts[1].filter { !$0.contains("----") }).rows : [])
            // Messages may have several lines.
            .filter { ["Normal", "Warning"].contains($0["Type"]) && $0["Reason"] != unplayedReason }
            .map { "event \($0["Type"] ?? "") \($0["Reason"] ?? "")" }
        var shape = Set(events)
        var path: [(indentation: Int, key: String)] = []
        var condition: [String: String] = [:]
        for line in (parts.first ?? []).drop(while: { $0 != "Status:" }) {
            // Lines of a program's output, which a message may hold, begin at the margin.
            guard let match = line.wholeMatch(of: #/( +)([A-Z][A-Za-z ]*):(.*)/#) else { continue }
            let (indentation, key, value) = (match.1.count, String(match.2), collapsed(String(match.3)))
            path.removeAll { $0.indentation >= indentation }
            path.append((indentation, key))
            let keys = path.map(\.key)
            guard Set(keys).isDisjoint(with: open) else { continue }
            shape.insert(keys.joined(separator: "/"))
            if telling.contains(key) { shape.insert("\(keys.joined(separator: "/"))=\(value)") }
            guard keys.first == "Conditions" else { continue }
            condition[key] = value
            guard key == "Type" else { continue }
            shape.insert("condition \(value) \(condition["Status"] ?? "") \(condition["Reason"] ?? "")")
        }
        return shape
    }

    /// Keys whose contents differ from trainer to trainer, and those that only a real node or trainer fills in.
    private static let open: Set<String> = ["Metrics", "Parameters", "Node", "Nodes", "Dataset Digest"]
    private static let telling: Set<String> = [
        "State", "Ready", "Completed", "Cause", "Exit Code", "Meaning", "Counted",
    ]
    /// Played pods are on no node, which the scheduler tells.
    private static let unplayedReason = "Unschedulable"

    /// What `kubectl explain` teaches, whatever the server: the form for servers before 1.27, which describe kinds in
    /// OpenAPI 2 only, has other headings and margins, breaks lines elsewhere, and does not list the words of an enumeration.
    static func explanation(_ lines: [String]) -> Set<String> {
        var shape: Set<String> = []
        var (group, words) = ("", [Substring]())
        var isListingWords = false
        func end() {
            if !words.isEmpty { shape.insert(words.joined(separator: " ")) }
            words = []
        }
        for line in lines {
            let parts = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            let rest = parts.dropFirst().joined(separator: " ")
            switch parts.first {
            case nil: end()
            case "GROUP:": group = "\(rest)/"
            case "VERSION:": shape.insert("version \(group)\(rest)")
            case "KIND:": shape.insert("kind \(rest)")
            case "RESOURCE:", "FIELD:": shape.insert("about \(rest)")
            case "ENUM:": isListingWords = true
            case "DESCRIPTION:", "FIELDS:":
                end()
                isListingWords = false
            case "enum:": break
            case _ where isListingWords: break
            case _ where line.contains("\t<"):
                end()
                shape.insert("field \(parts.joined(separator: " "))")
            default: words += parts
            }
        }
        end()
        return shape
    }

    private static func collapsed(_ line: String) -> String {
        line.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
    }
}
