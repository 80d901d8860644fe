import AerieAPI
import ArgumentParser

/// An objective's goal as a command line says it.
enum GoalOption: String, CaseIterable, ExpressibleByArgument {
    case maximize = "Maximize"
    case minimize = "Minimize"

    var value: Objective.Goal { self == .maximize ? .maximize : .minimize }
}
