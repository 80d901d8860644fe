import TestRandom

/// One mutated world, which follows from its kind and its number.
public struct MutationCase: Sendable, CustomStringConvertible {
    public let kind: World.Kind
    public let seed: UInt64
    public let world: World
    /// Drawn for what is no document: how the controller was started, what went wrong before.
    public let choice: Int

    /// A world that was changed by hand.
    public init(_ kind: World.Kind, _ world: World) {
        self.kind = kind
        self.world = world
        seed = 0
        choice = 1
    }

    public init(_ kind: World.Kind, seed: UInt64) {
        self.init(kind, seed: seed, using: SeededGenerator(seed: seed &* 0x9E37_79B9 &+ UInt64(kind.rawValue.count)))
    }

    /// - Parameters:
    ///   - kind: What is mutated.
    ///   - seed: Names the case.
    ///   - random: Where its mutations come from.
    public init(_ kind: World.Kind, seed: UInt64, using random: some RandomNumberGenerator) {
        var mutator = Mutator(random)
        var world = World(kind)
        // Half of them are new objects, whose spec decides; the others are looked at in the middle of their life.
        if mutator.below(2) == 0 {
            world.object = world.objectWithoutStatus
            if mutator.below(2) == 0 { world.parts = [] }
        } else if kind == .promotion, mutator.below(2) == 0 {
            world.object = PromotionSample.built
        }
        let areOnlyNumbers = mutator.below(4) == 0
        func mutate(_ document: Document) -> Document {
            areOnlyNumbers ? mutator.mutateNumbers(of: document) : mutator.mutate(document)
        }
        if mutator.below(4) > 0 || world.parts.isEmpty { world.object = mutate(world.object) }
        for index in world.parts.indices where mutator.below(3) == 0 {
            world.parts[index].document = mutate(world.parts[index].document)
        }
        for _ in 0..<mutator.below(3) where !world.parts.isEmpty {
            // Others' objects, and one more of the same.
            world.parts.append(world.parts[mutator.below(world.parts.count)])
            world.parts[world.parts.count - 1].document = mutate(world.parts[world.parts.count - 1].document)
        }
        if mutator.below(8) == 0 {
            world.now =
                [0, -62_135_596_800, 253_402_300_799, 2_147_483_647, -1, SampleMetadata.now + 10_000][mutator.below(6)]
        }
        self.kind = kind
        self.seed = seed
        self.world = world
        choice = mutator.below(1 << 20)
    }

    /// The documents, for whoever wants to see what was done; long ones are cut.
    public var description: String {
        let documents = [world.object] + world.parts.map(\.document)
        let texts = documents.map { String(decoding: $0.bytes.prefix(6_000), as: UTF8.self) }
        return "\(kind.rawValue), seed \(seed), now \(world.now):\n\(texts.joined(separator: "\n"))"
    }
}
