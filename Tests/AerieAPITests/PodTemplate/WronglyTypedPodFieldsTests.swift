import AerieAPI
import KubernetesAPI
import Testing

/// Kinds whose definitions leave pod templates open check the types themselves, by the same list.
@Suite struct WronglyTypedPodFieldsTests {
    private func errors(about template: JSONValue) throws -> [FieldError] {
        var trial = try Self.trial.get()
        trial.spec.template.podTemplate = template
        return trial.validate()
    }

    private static let trial = Result { try yaml(Fixture.trial).decode(Trial.self) }

    @Test func `every place refuses every value that no pod can have there`() throws {
        let base = "spec.template.podTemplate."
        for place in PublishedPlace.all {
            for value in place.wrong {
                let found = try errors(about: place.template(with: value)).map(\.path)
                let path = base + place.found.replacing("[]", with: "[0]")
                #expect(found.contains(path), "\(value) at \(place.path): \(found)")
                // Beside it only that elements have no names.
                #expect(found.allSatisfy { $0 == path || $0.hasSuffix("[0].name") }, "\(place.path): \(found)")
            }
        }
    }

    @Test func `every place takes what a pod can have there, and null`() throws {
        for place in PublishedPlace.all {
            for value in place.good + [.null] {
                let found = try errors(about: place.template(with: value)).filter { !$0.message.hasPrefix("name it") }
                #expect(found == [], "\(value) at \(place.path)")
            }
        }
    }

    @Test func `a document of another kind is told in part`() throws {
        let arguments = JSONValue.array(Array(repeating: 7, count: 1000))
        let template: JSONValue = ["spec": ["containers": [["name": "tensorflow", "args": arguments]]]]
        let found = try errors(about: template)
        #expect(found.count == 64)
        #expect(
            found.first?.description
                == "spec.template.podTemplate.spec.containers[0].args[0]: must be a text, in quotes if it looks like a "
                + "number or a word of YAML, got 7")
    }
}
