import Glibc
package import KubernetesAPI

/// The machine's clock, handed to those who need the time.
package enum SystemClock {
    package static func now() -> MicroTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return MicroTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
