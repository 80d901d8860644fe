extension KeyedDecodingContainer {
    /// The value, or its default where the field is absent or null.
    ///
    /// The API server fills in the same defaults from the schema; these serve manifests that never met a server.
    func decode<Value: Decodable>(_ key: Key, default value: @autoclosure () -> Value) throws -> Value {
        try decodeIfPresent(Value.self, forKey: key) ?? value()
    }
}
