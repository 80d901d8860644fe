import Testing

/// `kubectl explain` as servers of 1.20 and of 1.36 make it print: the same lesson in two forms.
@Suite struct KubectlGuideShapeTests {
    private static let command = "kubectl explain texp.spec.objective"

    private static let old = """
        KIND:     TrainingExperiment
        VERSION:  aerie.dev/v1alpha1

        RESOURCE: objective <Object>

        DESCRIPTION:
             What is measured, and whether more of it is better.

        FIELDS:
           goal\t<string>
             Whether larger or smaller values are better.

           metric\t<string> -required-
             The name of a metric that the trial reports, for example
             `validation/accuracy`, `validation/f1` or `validation/loss`.

        """
    private static let current = """
        GROUP:      aerie.dev
        KIND:       TrainingExperiment
        VERSION:    v1alpha1

        FIELD: objective <Object>


        DESCRIPTION:
            What is measured, and whether
            more of it is better.
            
        FIELDS:
          goal\t<string>
          enum: Maximize, Minimize
            Whether larger or smaller values are better.

          metric\t<string> -required-
            The name of a metric that the trial reports, for example `validation/accuracy`,
            `validation/f1` or `validation/loss`.


        """

    @Test func `both forms teach the same`() {
        let shape = KubectlGuide.shape(of: Self.old, by: Self.command)
        #expect(shape == KubectlGuide.shape(of: Self.current, by: Self.command))
        #expect(
            shape == [
                "kind TrainingExperiment", "version aerie.dev/v1alpha1", "about objective <Object>",
                "What is measured, and whether more of it is better.", "field goal <string>",
                "Whether larger or smaller values are better.", "field metric <string> -required-",
                "The name of a metric that the trial reports, for example `validation/accuracy`, `validation/f1` or "
                    + "`validation/loss`.",
            ])
    }

    @Test(arguments: [
        ("-required-", ""), ("smaller", "larger"), ("goal", "aim"), ("v1alpha1", "v1"), ("Object", "map"),
    ])
    func `another lesson is noticed`(word: String, other: String) {
        let changed = Self.current.replacing(word, with: other)
        #expect(
            KubectlGuide.shape(of: changed, by: Self.command) != KubectlGuide.shape(of: Self.old, by: Self.command))
    }

    @Test func `the words of an enumeration are not told to older kubectl, and count for nothing`() {
        let one = "KIND: TFJob\nVERSION: v1\n\nFIELD: x <string>\nENUM:\n    A\n    B\n\nDESCRIPTION:\n    Which."
        #expect(
            KubectlGuide.shape(of: one, by: Self.command) == ["kind TFJob", "version v1", "about x <string>", "Which."])
    }
}
