/// The images of a local cluster: first the table of local programs, then registries.
struct LocalImages: ImageProvider {
    private let programs: LocalPrograms

    init(table: ImageTable, state: StateDirectory) throws {
        programs = LocalPrograms(table: table)
    }

    func image(named name: String) async throws -> RunnableImage {
        if let image = try await programs.image(named: name) { return image }
        throw ImageUnavailable("neither in the table of local images nor in a registry")
    }
}
