import KubernetesAPI
import Testing

@Suite struct KeptAsTextTests {
    private struct Template: Codable, Hashable {
        var name: String
        @KeptAsText var pod: JSONValue?
    }

    @Test func `a part that is kept as text is read and written as the tree that it was`() throws {
        let json: JSONValue = ["name": "a", "pod": ["spec": ["containers": [["args": ["é\n", 1, 2.5, nil, true]]]]]]
        let template = try json.decode(Template.self)
        #expect(template.pod == json["pod"])
        #expect(try JSONValue(encoding: template) == json)
    }

    @Test(arguments: [#"{"name":"a"}"#, #"{"name":"a","pod":null}"#])
    func `a part that is not there stays away`(text: String) throws {
        let template = try JSONValue(parsing: text).decode(Template.self)
        #expect(template.pod == Optional.none)
        #expect(try JSONValue(encoding: template) == ["name": "a"])
    }

    @Test func `a change of the part is kept`() throws {
        var template = Template(name: "a", pod: ["x": 1])
        template.pod?["x"] = 2
        #expect(template == Template(name: "a", pod: ["x": 2]))
        template.pod = Optional.none
        #expect(try JSONValue(encoding: template) == ["name": "a"])
    }

    @Test func `texts are equal whatever order their trees were written in`() throws {
        let one = try JSONValue(parsing: #"{"b":1,"a":{"d":1,"c":2}}"#)
        let two = try JSONValue(parsing: #"{"a":{"c":2,"d":1},"b":1}"#)
        #expect(Template(name: "a", pod: one) == Template(name: "a", pod: two))
    }
}
