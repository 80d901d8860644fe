package import KubernetesAPI

/// `v1.PodStatus` as the node writes it.
package struct PodStatus: Codable, Hashable, Sendable {
    package struct Condition: Codable, Hashable, Sendable {
        package var type: String
        package var status: KubernetesAPI.Condition.Status
        package var reason: String?
        package var message: String?
        package var lastTransitionTime: Time?
    }

    package struct Address: Codable, Hashable, Sendable {
        package var ip: String
    }

    package struct Waiting: Codable, Hashable, Sendable {
        package var reason: String
        package var message: String?
    }

    package struct Running: Codable, Hashable, Sendable {
        package var startedAt: Time?
    }

    package struct Terminated: Codable, Hashable, Sendable {
        package var exitCode: Int
        package var reason: String?
        /// The termination message, or the end of the log with `FallbackToLogsOnError`.
        package var message: String?
        package var startedAt: Time?
        package var finishedAt: Time?
        package var containerID: String?
    }

    /// At most one of them is set; none means waiting.
    package struct ContainerState: Codable, Hashable, Sendable {
        package var waiting: Waiting?
        package var running: Running?
        package var terminated: Terminated?
    }

    package struct Container: Codable, Hashable, Sendable {
        package var name: String
        package var state: ContainerState
        package var lastState: ContainerState
        package var ready: Bool
        package var started: Bool?
        package var restartCount: Int
        package var image: String
        package var imageID: String
        package var containerID: String?

        package init(
            name: String, state: ContainerState, lastState: ContainerState = ContainerState(), ready: Bool,
            started: Bool? = nil, restartCount: Int, image: String, imageID: String = "", containerID: String? = nil
        ) {
            self.name = name
            self.state = state
            self.lastState = lastState
            self.ready = ready
            self.started = started
            self.restartCount = restartCount
            self.image = image
            self.imageID = imageID
            self.containerID = containerID
        }

        /// The scheduler and older nodes leave out what they have nothing to say about.
        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            name = try container.decode(String.self, forKey: .name)
            state = try container.decodeIfPresent(ContainerState.self, forKey: .state) ?? ContainerState()
            lastState = try container.decodeIfPresent(ContainerState.self, forKey: .lastState) ?? ContainerState()
            ready = try container.decodeIfPresent(Bool.self, forKey: .ready) ?? false
            started = try container.decodeIfPresent(Bool.self, forKey: .started)
            restartCount = try container.decodeIfPresent(Int.self, forKey: .restartCount) ?? 0
            image = try container.decodeIfPresent(String.self, forKey: .image) ?? ""
            imageID = try container.decodeIfPresent(String.self, forKey: .imageID) ?? ""
            containerID = try container.decodeIfPresent(String.self, forKey: .containerID)
        }
    }

    package var phase: Pod.Phase?
    package var reason: String?
    package var message: String?
    package var hostIP: String?
    package var podIP: String?
    package var podIPs: [Address]?
    package var startTime: Time?
    package var conditions: [Condition]?
    package var initContainerStatuses: [Container]?
    package var containerStatuses: [Container]?

    package init() {}
}
