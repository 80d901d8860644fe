import KubernetesAPI

/// Rules of fields that several kinds have: the same that `Validation` checks, in the API server's language.
extension Schema {
    /// The name of a metric that the companion trainer reports.
    static func metricName(_ description: String) -> Schema {
        let overall = MetricName.overall.map { "'\($0)'" }.joined(separator: ", ")
        return string(description, minLength: 1, maxLength: MetricName.maximumSize).rule(
            "self in [\(overall)] || self.matches('^validation/(precision|recall|f1)/.')",
            "is not reported by any trial; known are \(MetricName.overall.joined(separator: ", ")) and "
                + "validation/precision/<class>, validation/recall/<class>, validation/f1/<class>")
    }

    /// The same node, which must be what ``StorageURI`` reads.
    var isStorageURI: Schema {
        rule(
            "self.matches('^(pvc://[a-z0-9]([-a-z0-9.]*[a-z0-9])?(/|$)|file:///.*[^/]|(s3|gs|az|https)://.*[^/])')",
            "write pvc://<claim>/<folder>, file:///<folder>, s3://…, gs://… or az://…"
        ).rule("!self.matches('/[.][.]?(/|$)')", "name the folder without `.` and `..`")
    }

    /// The same node, which must be fit for the name of a service.
    var isServiceName: Schema {
        rule(
            "self.matches('\(Self.servicePattern)')",
            "use small letters, digits and -, beginning with a letter and ending with a letter or digit")
    }

    private static let servicePattern = "^[a-z]([-a-z0-9]*[a-z0-9])?$"

    /// What whole objects must be called: services and labels are made from the name.
    static func nameRule(maximumLength: Int, _ why: String) -> CustomResourceDefinition.Rule {
        .init(
            "self.metadata.name.matches('\(servicePattern)') && size(self.metadata.name) <= \(maximumLength)",
            "use at most \(maximumLength) small letters, digits and -, beginning with a letter\(why)",
            at: ".metadata.name")
    }
}
