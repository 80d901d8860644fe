import ArgumentParser
import BuildInformation
import Glibc
import TensorFlow

/// The companion trainer on TensorFlow's C library.
@main
struct AerieTrainer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aerie-trainer",
        abstract: "Trains, evaluates and exports models for Aerie.",
        discussion: """
            In a trial's pod `aerie-trainer train` takes everything from the environment (AERIE_…); on a laptop the \
            same comes from options. Exit codes: 0 done, 1 no usable model, 64 wrong usage, 65 bad data, 69 another \
            task was not there for too long, 78 bad configuration, 143 asked to stop (a checkpoint was saved; run it \
            again to go on), 128 and other codes above: try again.
            """,
        version: "\(BuildInformation.version) (TensorFlow \(TensorFlowLibrary.version))",
        subcommands: [Train.self, Evaluate.self, Export.self, Select.self, CheckData.self])

    static func main() {
        StopSignal.endsProcess()
        // A reader of the log that goes away must not end a training.
        signal(SIGPIPE, SIG_IGN)
        main(nil)
    }
}
