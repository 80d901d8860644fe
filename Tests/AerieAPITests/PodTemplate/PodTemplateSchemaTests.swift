import AerieAPI
import KubernetesAPI
import Testing

/// The definition of TFJobs types every place of a pod template that Kubernetes publishes, and leaves the rest open.
@Suite struct PodTemplateSchemaTests {
    private static let schema: JSONValue? = TFJob.customResourceDefinition.spec.json["properties"]?["tfReplicaSpecs"]?[
        "additionalProperties"]?["properties"]?["template"]

    @Test func `nothing is left of the list of places`() throws {
        // As many as Kubernetes 1.36 has; a list that was cut short would prove less.
        #expect(PublishedPlace.all.count == 1312)
        #expect(Set(PublishedPlace.all.map(\.path)).count == PublishedPlace.all.count)
        let forms = "any array boolean int32 int64 intOrString object quantity string time"
        #expect(Set(PublishedPlace.all.map(\.form)).sorted().joined(separator: " ") == forms)
    }

    @Test func `every place refuses every value that no pod can have there`() throws {
        let schema = try #require(Self.schema)
        var count = 0
        for place in PublishedPlace.all {
            for value in place.wrong {
                let refusals = StructuralValidator.refusals(of: place.template(with: value), by: schema)
                #expect(refusals == [place.found], "\(value) at \(place.path)")
                count += 1
            }
        }
        #expect(count > 5_000)
    }

    @Test func `every place takes what a pod can have there, and no field minds a null`() throws {
        let schema = try #require(Self.schema)
        // Elements of a pod that have no name, image or path are none.
        let needed = [
            "spec", "spec.containers", "spec.containers[].name", "spec.containers[].image",
            "spec.containers[].env[].name", "spec.containers[].volumeMounts[].name",
            "spec.containers[].volumeMounts[].mountPath",
        ]
        for place in PublishedPlace.all {
            for value in place.good {
                let refusals = StructuralValidator.refusals(of: place.template(with: value), by: schema)
                #expect(refusals == [], "\(value) at \(place.path)")
            }
            let isNeeded = needed.contains(place.path.replacing("initContainers", with: "containers"))
            guard place.isField, !isNeeded || place.path == "spec.initContainers" else { continue }
            let refusals = StructuralValidator.refusals(of: place.template(with: .null), by: schema)
            #expect(refusals == [], "null at \(place.path)")
        }
    }

    @Test func `every object keeps fields of newer clusters`() throws {
        let spec = TFJob.customResourceDefinition.spec
        for place in PublishedPlace.all where place.form == "object" && !place.good.isEmpty {
            let isMap = PublishedPlace.all.contains { $0.path == place.path + "{}" }
            guard !isMap else { continue }
            let template = place.template(with: ["fieldOfTomorrow": ["deep": [1, ["a": "b"]]]])
            let document: JSONValue = ["tfReplicaSpecs": ["Worker": ["template": template]]]
            #expect(spec.defaulted(document) == document, "\(place.path)")
        }
    }

    @Test func `each place says where its documentation is`() throws {
        let container = Self.schema?["properties"]?["spec"]?["properties"]?["containers"]?["items"]?["properties"]
        #expect(
            container?["livenessProbe"]?["properties"]?["exec"]?["description"]
                == "See `kubectl explain pod.spec.containers.livenessProbe.exec`.")
        #expect(container?["image"]?["description"] == "What the container runs.")
    }

    /// Objects in etcd have 1.5 MiB; `kubectl apply` without `--server-side` keeps a copy of 256 KiB at most.
    @Test func `the definition can be applied in any way`() {
        for file in AerieCRDs.files { #expect(file.document.serialized.count < 250_000, "\(file.name)") }
    }
}
