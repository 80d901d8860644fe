/// What holds whatever happens, as docs/faults.md lists it.
enum TFJobInvariant: String, CaseIterable {
    // At every step.
    case onePod = "A replica never has two pods that live."
    case namedLoss =
        "A pod is made anew only after the one before was lost to a failure, disruption, suspension or scaling."
    case healthyPod =
        "No pod is deleted that the job still needs, and nothing that belongs to others."
    case madeTwice =
        "Nothing is asked for that is there already, unless the answer to making it was lost."
    case madeAfterEnd = "Nothing is made for a job whose end is on record."
    case doneOnce = "No replica whose success is on record is run again."
    case oneVerdict =
        "A job that ended has one of Succeeded and Failed, with its completionTime, and keeps both."
    case grounds =
        "A verdict has its grounds in what happened to the pods or in the time that passed."
    case countedOnce = "Every failure on record counts once, whoever restarted the program."
    case limit = "No program is started more often than backoffLimit allows."
    case disruptions = "A pod that was taken away is a disruption and counts against no limit."
    case successes = "Exactly the replicas that have succeeded are remembered as such."
    case toldOnce = "Nothing is told twice."
    case times = "No time on record is before what it follows."
    case conditions = "Conditions agree with each other, and the one that describes the job is last."
    case ledger = "The ledger is bounded and adds up."
    case turn = "Under Volcano no pod is made before its group may enter the queue."
    case lifetime = "A job is deleted after its TTL, and never before."
    // When the world stands still.
    case rest = "The controller stops writing."
    case wanted =
        "There are exactly the pods, services and PodGroups that the job wants, or the status says why not."
    case status = "The status says what is there."
    case leak = "Nothing is left of a job that ended or is suspended but what cleanPodPolicy keeps."
    // When things go well from now on.
    case end = "The job ends."
}
