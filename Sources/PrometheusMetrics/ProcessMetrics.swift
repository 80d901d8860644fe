import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#endif

/// What the process itself uses, with the names that Prometheus' own client libraries give it.
///
/// - SeeAlso: https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
public enum ProcessMetrics {
    public static func register(in registry: MetricsRegistry) {
        registry.counter("process_cpu_seconds_total", help: "User and system CPU time spent, in seconds.") {
            cpuSeconds
        }
        registry.gauge("process_resident_memory_bytes", help: "Resident memory, in bytes.") { memoryBytes(field: 1) }
        registry.gauge("process_virtual_memory_bytes", help: "Virtual memory, in bytes.") { memoryBytes(field: 0) }
        registry.gauge("process_open_fds", help: "Open file descriptors.") { entries(of: "/proc/self/fd") }
        registry.gauge("process_max_fds", help: "File descriptors that may be open at most.") { maximumDescriptors }
        registry.gauge("process_threads", help: "Threads of the operating system.") { entries(of: "/proc/self/task") }
        let start = Date().timeIntervalSince1970
        registry.gauge("process_start_time_seconds", help: "When the process started, in seconds since 1970.") {
            start
        }
    }

    static var cpuSeconds: Double {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static var maximumDescriptors: Double {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return Double(limit.rlim_cur)
    }

    private static func entries(of folder: String) -> Double {
        Double((try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0)
    }

    /// What the kernel tells in `/proc/self/statm`, in pages: the whole size first, then what is resident.
    private static func memoryBytes(field: Int) -> Double {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let fields = text.split(separator: " ")
        guard fields.count > field, let pages = Double(fields[field]) else { return 0 }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }
}
