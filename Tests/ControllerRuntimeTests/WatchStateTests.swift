import ControllerRuntime
import KubernetesAPI
import Testing

@Suite struct WatchStateTests {
    static let expired = KubernetesError(.expired, code: 410)
    static let unreachable = KubernetesError(.unreachable)

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var events: [WatchState.Event]
        var action: WatchState.Action
    }

    static let rows = [
        Row(testDescription: "it begins with a list", events: [], action: .list(continueToken: nil)),
        Row(
            testDescription: "a page that is not the last leads to the next",
            events: [.page(version: "5", continueToken: "t")], action: .list(continueToken: "t")),
        Row(
            testDescription: "an empty token is none", events: [.page(version: "5", continueToken: "")],
            action: .watch(version: "5")),
        Row(
            testDescription: "after the last page it watches from the list's version",
            events: [.page(version: "5", continueToken: "t"), .page(version: "5", continueToken: nil)],
            action: .watch(version: "5")),
        Row(
            testDescription: "a watch that ends resumes from the last version",
            events: [.page(version: "5", continueToken: nil), .version("6"), .version("9"), .ended],
            action: .watch(version: "9")),
        Row(
            testDescription: "an event without a version changes nothing",
            events: [.page(version: "5", continueToken: nil), .version(""), .ended], action: .watch(version: "5")),
        Row(
            testDescription: "a watch that breaks resumes from the last version",
            events: [.page(version: "5", continueToken: nil), .version("6"), .failed(unreachable)],
            action: .watch(version: "6")),
        Row(
            testDescription: "a forgotten version leads to a new list",
            events: [.page(version: "5", continueToken: nil), .version("6"), .failed(expired)],
            action: .list(continueToken: nil)),
        Row(
            testDescription: "a page that fails is asked for again",
            events: [.page(version: "5", continueToken: "t"), .failed(unreachable)], action: .list(continueToken: "t")),
        Row(
            testDescription: "a token that expires leads to the first page",
            events: [.page(version: "5", continueToken: "t"), .failed(expired)], action: .list(continueToken: nil)),
        Row(
            testDescription: "410 in old words means the same",
            events: [.page(version: "5", continueToken: nil), .failed(KubernetesError(.gone))],
            action: .list(continueToken: nil)),
    ]

    @Test(arguments: rows) func action(row: Row) {
        var state = WatchState()
        for event in row.events { state.handle(event) }
        #expect(state.action == row.action)
    }
}
