import KubernetesAPI
import LocalCluster
import TestRandom
import Testing

/// Thousands of random lives, checked against what must hold in every one of them.
@Suite("Random lives of a pod")
struct PodLifecycleSimulationTests {
    /// A world of processes that start, crash, hang and are killed, driven by one seed.
    private struct World {
        var random: SeededGenerator
        var life: PodLifecycle
        var now = Time(seconds: 1_000)
        /// Containers with a process, by name.
        var processes: Set<String> = []
        var stopped: Set<String> = []
        /// Containers whose image is being pulled.
        var starting: Set<String> = []
        var delays: [(container: String, attempt: Int)] = []
        var isPreparing = false
        var attempts: [String: Int] = [:]
        var released = 0
        var objectDeletions = 0
        var forgotten = false
        let initNames: Set<String>
        /// In the order of the manifest.
        let sidecars: [String]
        /// Sidecars whose startup probe has not passed.
        var unstarted: Set<String> = []
        var problems: [String] = []

        init(seed: UInt64, manifest: PodManifest) {
            random = SeededGenerator(seed: seed)
            life = PodLifecycle(manifest, now: now)
            let inits = manifest.spec.initContainers ?? []
            sidecars = inits.filter { $0.restartPolicy == "Always" }.map(\.name)
            initNames = Set(inits.map(\.name)).subtracting(sidecars)
        }

        mutating func carryOut(_ actions: [PodLifecycle.Action]) {
            for action in actions {
                switch action {
                case .prepare: isPreparing = true
                case .start(let name, let attempt):
                    if processes.contains(name) || starting.contains(name) { problems.append("\(name) started twice") }
                    if attempt != attempts[name].map({ $0 + 1 }) ?? 0, !delaysAllow(name, attempt) {
                        problems.append("\(name) attempt \(attempt) after \(attempts[name] ?? -1)")
                    }
                    let isSidecar = sidecars.contains(name)
                    if !isSidecar, !initNames.contains(name), !active.isDisjoint(with: initNames) {
                        problems.append("\(name) started beside an init container")
                    }
                    if !isSidecar, sidecars.contains(where: { attempts[$0] == nil && isBefore($0, name) }) {
                        problems.append("\(name) started before a sidecar")
                    }
                    if life.ending != nil { problems.append("\(name) started although the pod ends") }
                    attempts[name] = attempt
                    starting.insert(name)
                case .wait(let name, let attempt, _): delays.append((name, attempt))
                case .stop(let name, let gracePeriod):
                    stopped.insert(name)
                    guard gracePeriod > 2, let index = sidecars.firstIndex(of: name) else { continue }
                    let earlier = active.subtracting(sidecars.prefix(index + 1))
                    if !earlier.isEmpty { problems.append("\(name) stopped before \(earlier)") }
                case .runStopHook(let name, _):
                    if !sidecars.contains(name) { problems.append("the hook of \(name) ran by itself") }
                case .release:
                    released += 1
                    if !processes.isEmpty { problems.append("released while \(processes) run") }
                case .deleteObject:
                    objectDeletions += 1
                    if !processes.isEmpty { problems.append("deleted while \(processes) run") }
                case .forget: forgotten = true
                case .awaitDeadline, .event: break
                }
            }
        }

        var active: Set<String> { processes.union(starting) }

        /// Whether the sidecar stands before the other container in the manifest.
        func isBefore(_ sidecar: String, _ name: String) -> Bool {
            let order = (life.initContainers + life.containers).map(\.name)
            return (order.firstIndex(of: sidecar) ?? 0) < (order.firstIndex(of: name) ?? 0)
        }

        /// A container that could not be created is tried again under the same number.
        func delaysAllow(_ name: String, _ attempt: Int) -> Bool { attempts[name] == attempt }

        /// One random thing happens; `false` when nothing can.
        mutating func step(mayInterfere: Bool) -> Bool {
            now = now.advanced(bySeconds: Int64(random.next() % 30))
            var choices: [(inout World) -> [PodLifecycle.Action]] = []
            if isPreparing {
                choices.append { world in
                    if world.random.next() % 4 == 0 {
                        return world.life.handle(.preparationFailed(message: "not yet"), now: world.now)
                    }
                    world.isPreparing = false
                    return world.life.handle(.prepared, now: world.now)
                }
            }
            for name in starting.sorted() {
                choices.append { world in
                    world.starting.remove(name)
                    if world.stopped.remove(name) != nil || world.random.next() % 5 == 0 {
                        return world.life.handle(
                            .notCreated(container: name, reason: "ErrImagePull", message: "no"), now: world.now)
                    }
                    world.processes.insert(name)
                    if world.sidecars.contains(name) { world.unstarted.insert(name) }
                    let started = PodLifecycle.StartedContainer(containerID: "c", imageID: "i")
                    return world.life.handle(.started(container: name, image: started), now: world.now)
                }
            }
            for name in processes.sorted() {
                choices.append { world in
                    world.processes.remove(name)
                    let code = world.stopped.remove(name) != nil ? 143 : Int(world.random.next() % 3)
                    return world.life.handle(.exited(container: name, .init(code: code)), now: world.now)
                }
            }
            for name in unstarted.intersection(processes).sorted() {
                choices.append { world in
                    world.unstarted.remove(name)
                    return world.life.handle(
                        .probed(container: name, .startup, passed: true, message: ""), now: world.now)
                }
            }
            for index in delays.indices {
                choices.append { world in
                    let (name, attempt) = world.delays.remove(at: index)
                    return world.life.handle(.waited(container: name, attempt: attempt), now: world.now)
                }
            }
            if mayInterfere, random.next() % 40 == 0 {
                choices.append { world in
                    world.random.next() % 3 == 0
                        ? world.life.handle(.deadlinePassed, now: world.now)
                        : world.life.handle(.deletionRequested(gracePeriod: 5), now: world.now)
                }
            }
            guard !choices.isEmpty else { return false }
            let actions = choices[Int(random.next() % UInt64(choices.count))](&self)
            carryOut(actions)
            return true
        }
    }

    @Test("nothing is started twice, restarted after the end, or deleted while it runs", arguments: 0..<300)
    func lives(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed) &* 7_919)
        let policy = ["Always", "OnFailure", "Never"][Int(random.next() % 3)]
        let inits = (0..<(random.next() % 5)).map { index -> JSONValue in
            guard random.next() % 2 == 0 else { return ["name": .string("init\(index)"), "image": "image"] }
            return [
                "name": .string("sidecar\(index)"), "image": "image", "restartPolicy": "Always",
                "startupProbe": ["tcpSocket": ["port": 80]],
                "lifecycle": ["preStop": ["exec": ["command": ["true"]]]],
            ]
        }
        let containers = (0...(random.next() % 3)).map { "main\($0)" }
        let manifest = try pod(restartPolicy: policy, initContainers: inits, containers: containers)
        var world = World(seed: UInt64(seed), manifest: manifest)
        world.carryOut(world.life.start(now: world.now))
        var phases: [Pod.Phase] = []
        for _ in 0..<200 where world.step(mayInterfere: true) {
            let phase = world.life.phase
            if phases.last != phase { phases.append(phase) }
        }
        // However it went, a deletion brings it to its end.
        world.carryOut(world.life.handle(.deletionRequested(gracePeriod: 5), now: world.now))
        for _ in 0..<2_000 where world.step(mayInterfere: false) {}
        world.carryOut(world.life.handle(.objectGone, now: world.now))
        #expect(world.problems == [], "seed \(seed)")
        #expect(world.released == 1, "seed \(seed)")
        #expect(world.objectDeletions == 1, "seed \(seed)")
        #expect(world.forgotten, "seed \(seed)")
        #expect(world.processes.isEmpty, "seed \(seed)")
        let final = phases.firstIndex { $0 == .succeeded || $0 == .failed }
        #expect(final == nil || final == phases.count - 1, "seed \(seed): \(phases)")
    }
}
