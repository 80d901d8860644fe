public import KubernetesAPI

/// The life of a list-then-watch, as data: feed it what happened, do what it answers.
///
/// A watch that ends, with or without an error, is resumed from the last version that was seen; only a version that the
/// server has forgotten (410, `Expired`) leads to a new list. How long to wait before trying again is the caller's
/// business.
public struct WatchState: Equatable, Sendable {
    private enum Step: Equatable, Sendable {
        case listing(continueToken: String?)
        case watching(version: String)
    }

    public enum Event: Equatable, Sendable {
        /// A page arrived; without a token it was the last one.
        case page(version: String, continueToken: String?)
        /// An object or a bookmark arrived on the watch.
        case version(String)
        /// The server closed the watch without an error, as it does every few minutes and to slow watchers.
        case ended
        case failed(KubernetesError)
    }

    public enum Action: Equatable, Sendable {
        /// Lists the next page; without a token, from the beginning and into an empty buffer.
        case list(continueToken: String?)
        case watch(version: String)
    }

    private var step = Step.listing(continueToken: nil)

    public init() {}

    /// What to do now.
    public var action: Action {
        switch step {
        case .listing(let token): .list(continueToken: token)
        case .watching(let version): .watch(version: version)
        }
    }

    public mutating func handle(_ event: Event) {
        switch (step, event) {
        case (.listing, .page(_, let token?)) where !token.isEmpty: step = .listing(continueToken: token)
        case (.listing, .page(let version, _)): step = .watching(version: version)
        case (.watching, .version(let version)) where !version.isEmpty: step = .watching(version: version)
        case (_, .failed(let error)) where error.reason == .expired || error.reason == .gone:
            step = .listing(continueToken: nil)
        case (_, .failed), (_, .ended), (_, .version), (_, .page): break
        }
    }
}
