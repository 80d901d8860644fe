import ImageRegistry

/// Where a command puts an image.
enum ImageTarget {
    case registry(ImageReference)
    case layout(folder: String, tag: String)

    init(push: String?, layout: String?, tag: String) throws(ImageError) {
        if let layout {
            self = .layout(folder: layout, tag: tag)
            return
        }
        let reference = try ImageReference(parsing: push ?? "")
        guard reference.digest == nil else {
            throw ImageError(.invalidReference, "--push \(reference): a digest cannot be chosen, only a tag")
        }
        self = .registry(reference)
    }

    func destination(_ client: RegistryClient) -> any ImageDestination {
        switch self {
        case .registry(let reference): client.repository(of: reference)
        case .layout(let folder, _): OCILayout(directory: folder)
        }
    }

    var tag: String? {
        switch self {
        case .registry(let reference): reference.tag
        case .layout(_, let tag): tag
        }
    }

    func name(of digest: Digest) -> String {
        switch self {
        case .registry(let reference): reference.pinned(to: digest).description
        case .layout(let folder, _): "\(folder)@\(digest)"
        }
    }
}
