/// What this build of Aerie is, for `--version`, logs and the `aerie_build_info` metric.
public enum BuildInformation {
    /// Semantic version of the release that this source tree leads to.
    public static let version = "0.1.0"
}
