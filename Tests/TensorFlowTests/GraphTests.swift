import TensorFlow
import Testing

@Suite struct GraphTests {
    @Test("a graph computes what its operations say")
    func run() throws {
        let graph = Graph()
        let x = try graph.placeholder(.float, shape: [nil, 2], name: "x")
        let w = try graph.constant(Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]))
        let y = try graph.add("MatMul", x, w, attributes: ["transpose_b": .bool(true)]).output
        let session = try Session(graph)
        let result = try session.run(feeds: [x: Tensor([1, 1] as [Float], shape: [1, 2])], fetch: y)
        #expect(result.shape == [1, 2])
        #expect(try result.scalars() == [3, 7] as [Float])
        #expect(try y.shape == [nil, 2])
        #expect(graph.output(named: "x:0") == x)
        #expect(graph.output(named: "x:1") == nil)
    }

    @Test("feeds of a wrong type or shape are refused by name")
    func feeds() throws {
        let graph = Graph()
        let x = try graph.placeholder(.float, shape: [nil, 2], name: "x")
        let session = try Session(graph)
        #expect(throws: TFError(.invalidArgument, "x:0 is float, fed with double")) {
            try session.run(feeds: [x: Tensor(1.0)], fetch: x)
        }
        #expect(throws: TFError(.invalidArgument, "x:0 has shape [?,2], fed with [3]")) {
            try session.run(feeds: [x: Tensor([1, 2, 3] as [Float])], fetch: x)
        }
    }

    @Test("an operation that TensorFlow refuses leaves the graph usable")
    func refusedOperation() throws {
        let graph = Graph()
        #expect(throws: TFError.self) { try graph.add("NoSuchOperation") }
        let one = try graph.constant(Float(1))
        #expect(throws: TFError.self) { try graph.add("AddV2", one, graph.constant(1.0)) }
        #expect(try Session(graph).run(fetch: one).scalar() == Float(1))
    }

    @Test("variables change, and gradients by their handles are right")
    func gradients() throws {
        let graph = Graph()
        let shape = PartialShape([2])
        let variable = try graph.add(
            "VarHandleOp", name: "v", [],
            attributes: ["dtype": .type(.float), "shape": .shape(shape), "shared_name": .string("v")]
        ).output
        let assign = try graph.add(
            "AssignVariableOp", variable, graph.constant([3, -4] as [Float]), attributes: ["dtype": .type(.float)])
        let read = try graph.add("ReadVariableOp", variable, attributes: ["dtype": .type(.float)]).output
        let square = try graph.add("Square", read).output
        let gradient = try graph.gradients(of: [square], by: [variable])
        let session = try Session(graph)
        try session.run(targets: [assign])
        #expect(try session.run(fetches: gradient)[0].scalars() == [6, -8] as [Float])
        let unrelated = try graph.constant(Float(1))
        #expect(throws: TFError.self) { try graph.gradients(of: [square], by: [unrelated]) }
    }

    @Test("a function is called by name, and attributes of every kind arrive")
    func functions() throws {
        let body = Graph()
        let argument = try body.placeholder(.int64, shape: .scalar)
        let result = try body.add("Mul", argument, body.constant(Int64(3))).output
        let triple = try GraphFunction(named: "triple", of: body, inputs: [argument], outputs: [result])
        let graph = Graph()
        try graph.copy(triple)
        let call = try graph.add(
            "PartitionedCall", name: nil, [[graph.constant(Int64(14))]],
            attributes: [
                "Tin": .types([.int64]), "Tout": .types([.int64]), "f": .function("triple"),
                "config": .string(""),
            ])
        #expect(try Session(graph).run(fetch: call.output).scalar() == Int64(42))

        let split = try graph.add(
            "Unpack", graph.constant([1, 2] as [Int32]), attributes: ["num": .int(2), "axis": .int(0)])
        let packed = try graph.add("Pack", name: nil, [[split[1], split[0]]], attributes: ["axis": .int(0)]).output
        #expect(try Session(graph).run(fetch: packed).scalars() == [2, 1] as [Int32])
    }

    @Test("a definition can be imported under a prefix, with an input replaced")
    func definitions() throws {
        let source = Graph()
        let x = try source.placeholder(.float, shape: .scalar, name: "x")
        try source.add("Neg", name: "y", x)
        let definition = try source.definition()
        let target = Graph()
        let five = try target.constant(Float(5))
        try target.importDefinition(definition, prefix: "model", replacing: ["x:0": five])
        let y = try #require(target.output(named: "model/y:0"))
        #expect(try Session(target).run(fetch: y).scalar() == Float(-5))
    }

    @Test("one session serves many threads")
    func threads() async throws {
        let graph = Graph()
        let x = try graph.placeholder(.int64, shape: .scalar)
        let y = try graph.add("Square", x).output
        let session = try Session(graph, configuration: SessionConfiguration(intraOperationThreads: 1))
        let squares = try await withThrowingTaskGroup(of: Int64.self) { group in
            for number in 0..<Int64(50) {
                group.addTask { try session.run(feeds: [x: Tensor(number)], fetch: y).scalar() }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(squares == Set((0..<50).map { $0 * $0 }))
    }
}
