import Synchronization

/// Gives every pod a loopback address of its own, which it keeps for as long as it lives.
///
/// All of 127.0.0.0/8 answers on this machine without any configuration; the pods' part is 127.64.0.0/16.
package final class PodAddresses: Sendable {
    private struct State {
        var byPod: [String: Int] = [:]
        var last = 0
    }

    private let state: StateDirectory
    private let pool: Mutex<State>

    /// Takes up the addresses that pods got from an earlier run.
    package init(state: StateDirectory) {
        self.state = state
        var found = State()
        for uid in Files.list(state.pods) {
            guard let text = try? Files.readText("\(state.pods)/\(uid)/address"), let index = Self.index(of: text)
            else { continue }
            found.byPod[uid] = index
            found.last = max(found.last, index)
        }
        pool = Mutex(found)
    }

    /// The pod's address: the one it has, or the next that nobody has, so that addresses are not reused at once.
    package func address(ofPod uid: String) throws -> String {
        let index = try pool.withLock { pool throws(LocalClusterError) in
            if let index = pool.byPod[uid] { return index }
            let taken = Set(pool.byPod.values)
            for step in 1...Self.count {
                let index = (pool.last + step - 1) % Self.count + 1
                guard !taken.contains(index) else { continue }
                pool.byPod[uid] = index
                pool.last = index
                return index
            }
            throw LocalClusterError("all \(Self.count) pod addresses are in use")
        }
        let address = Self.address(index)
        try Files.createFolder("\(state.pods)/\(uid)", mode: 0o700)
        try Files.write(address, to: "\(state.pods)/\(uid)/address")
        return address
    }

    package func release(pod uid: String) {
        pool.withLock { _ = $0.byPod.removeValue(forKey: uid) }
    }

    private static let count = 254 * 254

    /// Neither `.0` nor `.255` at the end: programs that know about networks dislike them.
    private static func address(_ index: Int) -> String {
        "127.64.\((index - 1) / 254 + 1).\((index - 1) % 254 + 1)"
    }

    private static func index(of address: String) -> Int? {
        let parts = address.split(separator: ".").compactMap { Int($0) }
        guard parts.count == 4, parts[0] == 127, parts[1] == 64, parts[2...].allSatisfy((1...254).contains)
        else { return nil }
        return (parts[2] - 1) * 254 + parts[3]
    }
}
