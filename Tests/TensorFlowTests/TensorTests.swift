import TensorFlow
import Testing

@Suite struct TensorTests {
    @Test("elements and shape come back as they went in")
    func scalars() throws {
        #expect(try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]).scalars() == [1, 2, 3, 4, 5, 6] as [Float])
        #expect(try Tensor([-1, 1 << 40] as [Int64]).scalars() == [-1, 1 << 40] as [Int64])
        #expect(try Tensor([0, 255] as [UInt8]).scalars() == [0, 255] as [UInt8])
        #expect(try Tensor([true, false]).scalars() == [true, false])
        #expect(try Tensor(2.5).scalar() == 2.5)
        #expect(try Tensor(Int32(7)).shape == [])
        #expect(try Tensor([] as [Double], shape: [0, 3]).scalars() == [] as [Double])
    }

    @Test("strings of any length and bytes come back as they went in")
    func strings() throws {
        let long = String(repeating: "Erde 🌍 ", count: 40)
        #expect(try Tensor(strings: ["", "a", long]).strings() == ["", "a", long])
        #expect(try Tensor(strings: [[0, 255, 0]], shape: [1, 1]).byteStrings() == [[0, 255, 0]])
        #expect(try Tensor(string: "one").shape == [])
    }

    @Test("memory that is filled in place is aligned so that TensorFlow uses it without copying")
    func inPlace() throws {
        let tensor = try Tensor(.uint8, shape: [2, 2]) { bytes in
            #expect(Int(bitPattern: bytes.baseAddress) % 64 == 0)
            for index in bytes.indices { bytes[index] = UInt8(index) }
        }
        #expect(try tensor.scalars() == [0, 1, 2, 3] as [UInt8])
        #expect(tensor.withUnsafeBytes { $0.count } == 4)
    }

    @Test("a wrong number of elements, a wrong type and a nonsensical shape are refused")
    func refusals() throws {
        #expect(throws: TFError(.invalidArgument, "3 values do not fill a tensor of shape [2, 2]")) {
            try Tensor([1, 2, 3] as [Float], shape: [2, 2])
        }
        #expect(throws: TFError(.invalidArgument, "a tensor of float cannot be read as int64")) {
            try Tensor(Float(1)).scalars(of: Int64.self)
        }
        #expect(throws: TFError.self) { try Tensor([] as [Float], shape: [-1]) }
        #expect(throws: TFError.self) { try Tensor([] as [Float], shape: [Int.max, 4]) }
        #expect(throws: TFError.self) { try Tensor(.string, shape: [1]) { _ in } }
    }

    @Test("unknown sizes accept any, known ones only themselves")
    func partialShapes() {
        #expect(PartialShape([nil, 3]).accepts([7, 3]))
        #expect(!PartialShape([nil, 3]).accepts([7, 4]))
        #expect(!PartialShape([nil, 3]).accepts([3]))
        #expect(PartialShape.unknown.accepts([1, 2, 3]))
        #expect(PartialShape([nil, 3]).description == "[?,3]")
    }
}
