import FoundationEssentials
package import KubernetesAPI

extension MicroTime {
    /// The wall clock.
    package static var now: MicroTime { MicroTime(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }
}
