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
        registry.gauge("process_resident_memory_bytes", help: "Resident memory, in bytes.") { residentBytes }
        registry.gauge("process_open_fds", help: "Open file descriptors.") {
            Double((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0)
        }
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

    /// Resident set size as the kernel tells it in `/proc/self/statm`, second field, in pages.
    static var residentBytes: Double {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Double(fields[1]) else { return 0 }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }
}
