import Glibc

/// Where a task of the cluster is on the network, asked of the system at the moment it is needed.
enum HostAddress {
    /// Whether something accepts connections at the task's address; waits a second at most for the answer.
    static func isListening(_ task: ClusterTask) -> Bool {
        resolve(task).contains { address in
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
            guard descriptor >= 0 else { return false }
            defer { close(descriptor) }
            var address = address
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
            }
            if result == 0 { return true }
            guard errno == EINPROGRESS else { return false }
            var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard Glibc.poll(&poll, 1, 1000) == 1 else { return false }
            var problem: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &length) == 0 && problem == 0
        }
    }

    /// Whether the task's name stands for any address yet.
    static func isKnown(_ task: ClusterTask) -> Bool { !resolve(task).isEmpty }

    /// The task's address if it is one of this machine's loopback addresses, in network byte order.
    static func loopback(of task: ClusterTask) -> UInt32? {
        resolve(task).map(\.sin_addr.s_addr).first { UInt32(bigEndian: $0) >> 24 == 127 }
    }

    /// The IPv4 addresses that the task's name stands for now; none while nobody knows the name.
    private static func resolve(_ task: ClusterTask) -> [sockaddr_in] {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(task.host, String(task.port), &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [sockaddr_in] = []
        var next = list
        while let entry = next {
            if let address = entry.pointee.ai_addr {
                found.append(UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self))
            }
            next = entry.pointee.ai_next
        }
        return found
    }
}
