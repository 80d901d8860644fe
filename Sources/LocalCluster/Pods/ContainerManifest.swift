package import KubernetesAPI

/// One container of a pod, as far as the node agent looks at it.
package struct ContainerManifest: Codable, Hashable, Sendable {
    package enum TerminationMessagePolicy: String, Codable, Sendable {
        case file = "File"
        case fallbackToLogsOnError = "FallbackToLogsOnError"
    }

    package struct Port: Codable, Hashable, Sendable {
        package var name: String?
        package var containerPort: Int
    }

    package struct Mount: Codable, Hashable, Sendable {
        /// Names the volume.
        package var name: String
        package var mountPath: String
        package var subPath: String?
        package var subPathExpr: String?
        package var readOnly: Bool?
    }

    package struct Resources: Codable, Hashable, Sendable {
        package var limits: [String: JSONValue]?
        package var requests: [String: JSONValue]?
    }

    package struct SecurityContext: Codable, Hashable, Sendable {
        package var runAsUser: Int?
        package var runAsGroup: Int?
        package var runAsNonRoot: Bool?
        package var readOnlyRootFilesystem: Bool?
    }

    package struct Lifecycle: Codable, Hashable, Sendable {
        package var postStart: ProbeManifest.Handler?
        package var preStop: ProbeManifest.Handler?
    }

    package var name: String
    package var image: String
    package var imagePullPolicy: String?
    /// The container's own policy; `Always` makes a sidecar of an init container.
    package var restartPolicy: String?
    /// Looked at before the container's own policy, and only beside one.
    package var restartPolicyRules: [RestartRule]?
    /// Replaces the image's entrypoint.
    package var command: [String]?
    package var args: [String]?
    package var workingDir: String?
    package var env: [EnvironmentVariable]?
    package var envFrom: [EnvironmentSource]?
    package var ports: [Port]?
    package var volumeMounts: [Mount]?
    package var resources: Resources?
    package var terminationMessagePath: String?
    package var terminationMessagePolicy: TerminationMessagePolicy?
    package var livenessProbe: ProbeManifest?
    package var readinessProbe: ProbeManifest?
    package var startupProbe: ProbeManifest?
    package var lifecycle: Lifecycle?
    package var securityContext: SecurityContext?
}

/// One entry of `env`.
package struct EnvironmentVariable: Codable, Hashable, Sendable {
    package struct FieldReference: Codable, Hashable, Sendable {
        package var fieldPath: String
    }

    package struct ResourceFieldReference: Codable, Hashable, Sendable {
        package var containerName: String?
        package var resource: String
        package var divisor: JSONValue?
    }

    package struct KeyReference: Codable, Hashable, Sendable {
        package var name: String?
        package var key: String
        package var optional: Bool?
    }

    package struct Source: Codable, Hashable, Sendable {
        package var fieldRef: FieldReference?
        package var resourceFieldRef: ResourceFieldReference?
        package var configMapKeyRef: KeyReference?
        package var secretKeyRef: KeyReference?
    }

    package var name: String
    package var value: String?
    package var valueFrom: Source?
}

/// One entry of `envFrom`: every key of a ConfigMap or Secret becomes a variable.
package struct EnvironmentSource: Codable, Hashable, Sendable {
    package struct ObjectReference: Codable, Hashable, Sendable {
        package var name: String?
        package var optional: Bool?
    }

    package var prefix: String?
    package var configMapRef: ObjectReference?
    package var secretRef: ObjectReference?
}

/// A question that the node agent asks a container again and again.
package struct ProbeManifest: Codable, Hashable, Sendable {
    package struct HTTPHeader: Codable, Hashable, Sendable {
        package var name: String
        package var value: String
    }

    package struct HTTPGet: Codable, Hashable, Sendable {
        package var path: String?
        /// A number or the name of one of the container's ports.
        package var port: JSONValue
        package var host: String?
        package var scheme: String?
        package var httpHeaders: [HTTPHeader]?
    }

    package struct TCPSocket: Codable, Hashable, Sendable {
        package var port: JSONValue
        package var host: String?
    }

    package struct Exec: Codable, Hashable, Sendable {
        package var command: [String]?
    }

    /// Of hooks only.
    package struct Sleep: Codable, Hashable, Sendable {
        package var seconds: Int
    }

    /// What is done: exactly one of these is set.
    package struct Handler: Codable, Hashable, Sendable {
        package var exec: Exec?
        package var httpGet: HTTPGet?
        package var tcpSocket: TCPSocket?
        package var sleep: Sleep?
    }

    package var exec: Exec?
    package var httpGet: HTTPGet?
    package var tcpSocket: TCPSocket?
    package var initialDelaySeconds: Int?
    package var timeoutSeconds: Int?
    package var periodSeconds: Int?
    package var successThreshold: Int?
    package var failureThreshold: Int?

    package var handler: Handler { Handler(exec: exec, httpGet: httpGet, tcpSocket: tcpSocket) }
}
