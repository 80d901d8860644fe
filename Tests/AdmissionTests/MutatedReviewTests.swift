import Admission
import AerieAPI
import KubernetesAPI
import TestMutation
import Testing

/// Reviews of objects that somebody mutated: each gets an answer of its own, and nothing falls.
@Suite struct MutatedReviewTests {
    private static let handler = AdmissionHandler(references: nil)

    private static func path(_ kind: World.Kind) -> String {
        AdmissionRules.all.first { $0.resource.kind == kind.rawValue }?.path ?? ""
    }

    /// A creation, or an update of a good object, or of this one to a good one.
    private static func review(_ mutation: MutationCase) -> Document {
        var request: Document = [
            "uid": "7", "operation": "CREATE", "namespace": "default", "name": "", "object": mutation.world.object,
        ]
        let good = World(mutation.kind).object
        switch mutation.choice % 4 {
        case 0: break
        case 1:
            request["operation"] = "UPDATE"
            request["oldObject"] = good
        case 2:
            request["operation"] = "UPDATE"
            request["oldObject"] = mutation.world.object
            request["object"] = good
        default:
            request["operation"] = "UPDATE"
            request["oldObject"] = MutationCase(mutation.kind, seed: mutation.seed &+ 1).world.object
        }
        return ["apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request]
    }

    @Test(arguments: World.Kind.allCases) func `a review of a mutated object is answered`(kind: World.Kind) async throws
    {
        var refusals = 0
        let campaign = MutationCampaign(kind, count: 2_000)
        let tally = try await campaign.run { mutation in
            let reply = await Self.handler.reply(to: Self.review(mutation).bytes, path: Self.path(kind))
            guard reply.status == 200 else {
                // What is nested too deep, or no object any more.
                #expect(reply.status == 400 || reply.status == 413, "\(mutation)")
                return .init()
            }
            let response = try #require(try JSONValue(parsing: reply.body)["response"], "\(mutation)")
            #expect(response["uid"] == "7")
            let isAllowed = try #require(response["allowed"]?.boolValue)
            #expect(isAllowed == (response["status"] == nil))
            if !isAllowed {
                refusals += 1
                let message = response["status"]?["message"]?.stringValue ?? ""
                #expect(message != "")
            }
            return .init(errorCount: isAllowed ? 0 : 1)
        }
        #expect(refusals > campaign.seeds.count / 20)
        #expect(tally.good > campaign.seeds.count / 10)
        #expect(tally.longest.seconds < 5, "seed \(tally.longest.seed) took \(tally.longest.seconds) s")
    }

    @Test func `an object that is wrong in very many places is refused in few words`() async throws {
        var object = World(.tfJob).object
        object.set(
            "spec.tfReplicaSpecs.Worker.template.spec.containers", .list(Array(repeating: ["name": "a"], count: 60_000))
        )
        let review: Document = [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": ["uid": "7", "operation": "CREATE", "object": object],
        ]
        let reply = await Self.handler.reply(to: review.bytes, path: Self.path(.tfJob))
        #expect(reply.status == 200)
        #expect(reply.body.count < 500_000)
        let status = try #require(try JSONValue(parsing: reply.body)["response"]?["status"])
        #expect(status["details"]?["causes"]?.arrayValue?.count == 100)
        #expect(status["message"]?.stringValue?.contains("and 59901 more") == true)
    }

    @Test(arguments: ["[[0],", "[{},", "{\"a\":0,", "[\"\","])
    func `a dense document is refused before it is read`(piece: String) async {
        let body = Array(String(repeating: piece, count: AdmissionHandler.maximumBodyBytes / piece.utf8.count).utf8)
        let reply = await Self.handler.reply(to: body, path: Self.path(.tfJob))
        #expect(reply.status == 413)
        #expect(String(decoding: reply.body, as: UTF8.self).hasPrefix("the body has about "))
    }
}
