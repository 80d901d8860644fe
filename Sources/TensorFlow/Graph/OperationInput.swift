/// What an input of an operation may be: one tensor, or a list of tensors where the operation asks for a list.
public enum OperationInput: Sendable {
    case single(Output)
    case list([Output])
}

extension OperationInput: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Output...) { self = .list(elements) }
}
