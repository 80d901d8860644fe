import AerieAPI

/// Whether a checkpoint's files are what its manifest says.
enum CheckpointVerification {
    /// Throws ``TrainingError`` `badData`, which names the file and both digests.
    static func check(_ entry: CheckpointEntry, in folder: Folder) throws(TrainingError) {
        for file in entry.files {
            guard let found = try ContentDigest.file(file.name, in: folder) else {
                throw TrainingError(.badData, "\(folder[file.name]) is missing; the manifest lists it")
            }
            guard found == file else {
                throw TrainingError(
                    .badData,
                    "\(folder[file.name]) is damaged: the manifest says sha256:\(file.sha256) (\(file.size) bytes), "
                        + "the file has sha256:\(found.sha256) (\(found.size) bytes)")
            }
        }
        guard ContentDigest.list(entry.files) == entry.digest else {
            throw TrainingError(.badData, "\(folder[entry.name]): the manifest's digest does not fit its list of files")
        }
    }
}
