// swift-tools-version: 6.2
import PackageDescription

/// Every target is built in Swift 6 mode with the import rules that keep layers honest.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + [argumentParser, "BuildInformation"], swiftSettings: settings)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: settings)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")

/// Only these test targets are built, with the environment's `AERIE_TEST_TARGETS="DecisionsTests AerieAPITests"`: SwiftPM
/// builds every test target however few tests shall run.
let chosenTests = Context.environment["AERIE_TEST_TARGETS"].map { $0.split(separator: " ").map(String.init) }

let package = Package(
    name: "aerie",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "aerie", targets: ["aerie"]),
        .executable(name: "aerie-controller", targets: ["aerie-controller"]),
        .executable(name: "aerie-trainer", targets: ["aerie-trainer"]),
        .executable(name: "aerie-serving", targets: ["aerie-serving"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.19.3"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.38.1", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.26.0", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.33.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.11.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
    ],
    targets: [
        // Core: no I/O, no async.
        module("KubernetesAPI"),
        module("AerieAPI", ["KubernetesAPI"]),
        module("Suggestion", ["AerieAPI", "KubernetesAPI"]),
        module("Evaluation"),
        module("Decisions", ["AerieAPI", "KubernetesAPI", "Suggestion"]),

        // Adapters: one outside thing each.
        module("BuildInformation"),
        module("HTTPTransport", [asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL]),
        module(
            "KubernetesClient",
            ["KubernetesAPI", "KubernetesYAML", "HTTPTransport", "BuildInformation", subprocess, system]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        module("KubernetesYAML", ["KubernetesAPI", "CYAML"]),
        module("PrometheusMetrics"),
        module("BoundedHTTP", [hummingbird, httpTypes, nioCore]),
        module("StructuredLogging", ["KubernetesAPI", logging]),
        module(
            "ControllerRuntime",
            [
                "KubernetesAPI", "KubernetesClient", "PrometheusMetrics", "BuildInformation", hummingbird, httpTypes,
                nioCore, serviceLifecycle, logging, heap,
            ]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        module("ImageRegistry", ["KubernetesAPI", "HTTPTransport", "CZlib", crypto, nioPosix]),

        // Features.
        module(
            "Admission",
            [
                "AerieAPI", "BoundedHTTP", "KubernetesAPI", "KubernetesClient", "PrometheusMetrics", crypto, x509, asn1,
                hummingbird, hummingbirdTLS, httpTypes, nioCore, nioSSL, serviceLifecycle, logging,
            ]),
        module(
            "Operator",
            [
                "AerieAPI", "KubernetesAPI", "Decisions", "KubernetesClient", "ControllerRuntime", "PrometheusMetrics",
                serviceLifecycle,
                logging,
            ]),
        module(
            "LocalCluster",
            [
                "BuildInformation", "KubernetesAPI", "KubernetesClient", "HTTPTransport", "ImageRegistry", crypto, x509,
                asn1, subprocess, system, hummingbird, hummingbirdTLS, httpTypes, nioCore, nioPosix, nioSSL, logging,
            ]),
        .systemLibrary(name: "CTensorFlow", pkgConfig: "tensorflow"),
        .target(name: "CListenAddress"),
        .target(name: "CStopSignal"),
        .target(
            name: "TensorFlow", dependencies: ["CTensorFlow", protobuf], exclude: ["Protobuf/tensorflow.proto"],
            swiftSettings: settings),
        module("Training", ["AerieAPI", "KubernetesAPI", "Evaluation", "TensorFlow", "CListenAddress", crypto]),
        module(
            "Serving",
            [
                "BoundedHTTP", "BuildInformation", "KubernetesAPI", "TensorFlow", "PrometheusMetrics", hummingbird,
                httpTypes, nioCore, nioPosix, serviceLifecycle, unixSignals, logging,
            ]),

        // Programs.
        program(
            "aerie",
            [
                "AerieAPI", "CZlib", "KubernetesAPI", "KubernetesClient", "KubernetesYAML", "HTTPTransport",
                "ImageRegistry", "LocalCluster", serviceLifecycle, unixSignals, logging,
            ]),
        program(
            "aerie-controller",
            [
                "Admission", "AerieAPI", "Decisions", "KubernetesAPI", "KubernetesClient", "KubernetesYAML",
                "HTTPTransport", "ControllerRuntime", "Operator", "PrometheusMetrics", "StructuredLogging", logging,
                serviceLifecycle,
                unixSignals,
            ]),
        program(
            "aerie-trainer", ["AerieAPI", "CStopSignal", "KubernetesAPI", "Evaluation", "TensorFlow", "Training"]),
        program("aerie-serving", ["Serving", "StructuredLogging", logging]),

        // Tests.
        .target(name: "TestRandom", path: "Tests/TestRandom", swiftSettings: settings),
        .target(
            name: "TestMutation", dependencies: ["TestRandom", "AerieAPI", "Decisions", "KubernetesAPI"],
            path: "Tests/TestMutation", swiftSettings: settings),
        .target(
            name: "TestSupport",
            dependencies: ["KubernetesAPI", "KubernetesClient", "HTTPTransport", subprocess, system],
            path: "Tests/TestSupport", exclude: ["control-plane.sh"], swiftSettings: settings),
        .target(
            name: "TestCluster",
            dependencies: [
                "TestSupport", "AerieAPI", "KubernetesAPI", "KubernetesClient", "KubernetesYAML", subprocess, system,
            ], path: "Tests/TestCluster", swiftSettings: settings),
        tests("KubernetesAPITests", ["TestRandom", "KubernetesAPI"]),
        tests("AerieAPITests", ["AerieAPI", "KubernetesAPI", "KubernetesYAML"]),
        tests(
            "AdmissionTests",
            [
                "Admission", "AerieAPI", "BoundedHTTP", "KubernetesAPI", "KubernetesClient", "KubernetesYAML",
                "HTTPTransport", "PrometheusMetrics", "TestCluster", "TestMutation", "TestSupport",
                "aerie-controller", logging, serviceLifecycle,
            ], exclude: ["Cases", "Manifests", "cel.py", "crowd.py"]),
        tests("ContractTests", ["AerieAPI", "KubernetesAPI"]),
        tests("SuggestionTests", ["Suggestion", "AerieAPI", "KubernetesAPI"]),
        tests("EvaluationTests", ["TestRandom", "TestSupport", "Evaluation"]),
        tests(
            "DecisionsTests",
            ["TestMutation", "TestRandom", "Decisions", "ControllerRuntime", "AerieAPI", "KubernetesAPI"]),
        tests("HTTPTransportTests", ["HTTPTransport", nioCore, nioPosix, nioHTTP1]),
        tests(
            "KubernetesClientTests",
            ["KubernetesClient", "KubernetesAPI", "HTTPTransport", "TestSupport", nioCore, nioPosix]),
        tests("KubernetesYAMLTests", ["TestRandom", "KubernetesYAML", "KubernetesAPI", "TestSupport"]),
        tests("PrometheusMetricsTests", ["PrometheusMetrics"]),
        tests(
            "ControllerRuntimeTests",
            [
                "TestRandom", "ControllerRuntime", "KubernetesClient", "KubernetesAPI", "HTTPTransport",
                "PrometheusMetrics",
                "TestSupport", logging, serviceLifecycle,
            ]),
        tests("ImageRegistryTests", ["ImageRegistry", "HTTPTransport", "KubernetesAPI", "TestSupport"]),
        tests(
            "LocalClusterTests",
            [
                "TestRandom", "TestSupport", "LocalCluster", "KubernetesClient", "KubernetesAPI", "HTTPTransport",
                subprocess, system,
                logging,
                "aerie",
            ]),
        tests(
            "OperatorTests",
            [
                "TestMutation", "TestRandom", "Operator", "ControllerRuntime", "Decisions", "Suggestion",
                "KubernetesClient",
                "KubernetesAPI", "AerieAPI", "HTTPTransport", "PrometheusMetrics", "TestSupport", "TestCluster",
                "aerie-controller", logging, serviceLifecycle, system,
            ], exclude: ["Cluster/wall-clock.c"]),
        tests(
            "FaultTests",
            [
                "TestSupport", "TestCluster", "AerieAPI", "Decisions", "KubernetesAPI", "KubernetesClient",
                "aerie-controller", "ControllerRuntime", "PrometheusMetrics", asyncHTTPClient, logging, nioCore,
                nioHTTP1, nioPosix, nioSSL, subprocess, system,
            ]),
        tests(
            "InstallTests",
            [
                "TestSupport", "TestCluster", "AerieAPI", "KubernetesAPI", "KubernetesClient", "KubernetesYAML",
                "aerie", "aerie-controller",
            ],
            exclude: ["Previous"]),
        tests(
            "BadInputTests",
            ["AerieAPI", "KubernetesAPI", "KubernetesClient", "TestCluster"]),
        tests("TensorFlowTests", ["TensorFlow"]),
        tests(
            "TrainingTests",
            ["TestSupport", "Training", "aerie-trainer", "TensorFlow", "AerieAPI", "KubernetesAPI"]),
        tests(
            "ServingTests",
            [
                "TestRandom", "BoundedHTTP", "Serving", "StructuredLogging", "TensorFlow", "KubernetesAPI",
                "HTTPTransport",
                "TestSupport",
                httpTypes,
                subprocess, system, logging,
            ],
            exclude: ["Models"]),
        tests(
            "SchedulingTests",
            ["TestCluster", "AerieAPI", "KubernetesAPI", "KubernetesClient", "aerie-controller"]),
        tests(
            "ClientsTests", ["KubernetesAPI", "TestSupport", subprocess, system, "aerie", "aerie-controller"],
            exclude: ["training_client.py"]),
        tests(
            "EndToEndTests", [subprocess, system],
            exclude: ["BadInput", "Experiments", "bad-input.py", "distributed.sh", "kill-controller-once.sh"]),
    ]
)

if let chosenTests {
    package.targets.removeAll { $0.type == .test && !chosenTests.contains($0.name) }
}
