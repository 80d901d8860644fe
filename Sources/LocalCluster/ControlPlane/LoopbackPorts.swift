import Glibc

/// Says which TCP ports may be taken.
protocol PortSource {
    func isFree(_ port: Int) -> Bool
    func anyFree() throws -> Int
}

/// The ports of 127.0.0.1, asked by binding to them for a moment.
struct LoopbackPorts: PortSource {
    func isFree(_ port: Int) -> Bool { (try? bindOnce(port)) != nil }

    /// Below the range from which the kernel takes ports for outgoing connections: a port of that range can be taken
    /// between the choice and the start of the program that it is for.
    func anyFree() throws -> Int {
        for _ in 0..<1_000 {
            let port = Int.random(in: 20_000..<32_000)
            if isFree(port) { return port }
        }
        throw LocalClusterError("no free port between 20000 and 32000 on 127.0.0.1")
    }

    private func bindOnce(_ port: Int) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            throw LocalClusterError("cannot open a socket: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        // Connections of an earlier run that are still closing do not make a port unusable.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0
            }
        }
        guard bound else {
            throw LocalClusterError("cannot bind to 127.0.0.1:\(port): \(String(cString: strerror(errno)))")
        }
    }
}
