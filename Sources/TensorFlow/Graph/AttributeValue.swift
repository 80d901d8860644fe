import CTensorFlow

/// The value of an attribute, which is part of an operation's definition.
public enum AttributeValue: Sendable {
    case int(Int)
    case ints([Int])
    case float(Float)
    case floats([Float])
    case bool(Bool)
    case string(String)
    case strings([String])
    case type(DataType)
    case types([DataType])
    case shape(PartialShape)
    case shapes([PartialShape])
    case tensor(Tensor)
    /// The name of a function that was copied into the graph.
    case function(String)
}

extension AttributeValue {
    func set(_ name: String, on description: OpaquePointer?) throws(TFError) {
        switch self {
        case .int(let value): TF_SetAttrInt(description, name, Int64(value))
        case .ints(let values): TF_SetAttrIntList(description, name, values.map(Int64.init), Int32(values.count))
        case .float(let value): TF_SetAttrFloat(description, name, value)
        case .floats(let values): TF_SetAttrFloatList(description, name, values, Int32(values.count))
        case .bool(let value): TF_SetAttrBool(description, name, value ? 1 : 0)
        case .string(let value): TF_SetAttrString(description, name, value, value.utf8.count)
        case .strings(let values): Self.set(values, name, on: description)
        case .type(let value): TF_SetAttrType(description, name, value.handle)
        case .types(let values): TF_SetAttrTypeList(description, name, values.map(\.handle), Int32(values.count))
        case .shape(let value):
            TF_SetAttrShape(description, name, value.sizes ?? [], Int32(value.dimensions?.count ?? -1))
        case .shapes(let values): Self.set(values, name, on: description)
        case .tensor(let value):
            let status = Status()
            TF_SetAttrTensor(description, name, value.storage.handle, status.handle)
            try status.check()
        case .function(let function): TF_SetAttrFuncName(description, name, function, function.utf8.count)
        }
    }

    private static func set(_ strings: [String], _ name: String, on description: OpaquePointer?) {
        // One buffer with all the strings: the C API copies them before it returns.
        let bytes = strings.flatMap { Array($0.utf8) }
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            let starts = strings.map { string in
                defer { offset += string.utf8.count }
                return buffer.baseAddress.map { $0 + offset }
            }
            TF_SetAttrStringList(description, name, starts, strings.map(\.utf8.count), Int32(strings.count))
        }
    }

    private static func set(_ shapes: [PartialShape], _ name: String, on description: OpaquePointer?) {
        let sizes = shapes.flatMap { $0.sizes ?? [] }
        sizes.withUnsafeBufferPointer { buffer in
            var offset = 0
            let starts = shapes.map { shape in
                defer { offset += shape.dimensions?.count ?? 0 }
                return buffer.baseAddress.map { $0 + offset }
            }
            let ranks = shapes.map { Int32($0.dimensions?.count ?? -1) }
            TF_SetAttrShapeList(description, name, starts, ranks, Int32(shapes.count))
        }
    }
}
