/// What can befall one write of the controller on its way to the API server and back.
enum Fault: String, CaseIterable, Sendable {
    /// The controller dies, the write never arrives.
    case killBefore = "killed before"
    /// The write takes effect, the controller dies before it learns so.
    case killAfter = "killed after"
    /// The connection ends, the write never arrives.
    case drop = "dropped"
    /// The write takes effect, the connection ends before the answer.
    case lose = "answer lost"
    /// The write arrives three seconds late.
    case delay = "delayed"
    /// The write arrives twice, and the second answer is told.
    case duplicate = "duplicated"
    /// Somebody else changes the object first; a write that would not notice is refused all the same.
    case conflict = "conflict"

    var kills: Bool { self == .killBefore || self == .killAfter }
}
