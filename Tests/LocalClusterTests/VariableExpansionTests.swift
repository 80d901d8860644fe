import LocalCluster
import Testing

@Suite("References in commands, arguments and variables")
struct VariableExpansionTests {
    struct Row: CustomTestStringConvertible {
        var name: String
        var text: String
        var expanded: String
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "a known name is replaced", text: "a $(NAME) b", expanded: "a value b"),
        Row(name: "an unknown name stays as it is", text: "$(NOPE)", expanded: "$(NOPE)"),
        Row(name: "two dollars escape a reference", text: "$$(NAME)", expanded: "$(NAME)"),
        Row(name: "two dollars are one dollar", text: "5$$", expanded: "5$"),
        Row(name: "three dollars are a dollar and a reference", text: "$$$(NAME)", expanded: "$value"),
        Row(name: "a shell's own variable is left to the shell", text: "$NAME ${NAME}", expanded: "$NAME ${NAME}"),
        Row(name: "an open reference stays as it is", text: "$(NAME", expanded: "$(NAME"),
        Row(name: "a value is not expanded again", text: "$(REFERENCE)", expanded: "$(NAME)"),
        Row(name: "a dollar at the end stays", text: "x$", expanded: "x$"),
        Row(name: "text beyond ASCII passes through", text: "größe=$(NAME)é", expanded: "größe=valueé"),
        Row(name: "an empty value is a value", text: "[$(EMPTY)]", expanded: "[]"),
    ]

    @Test(arguments: rows) func expansion(row: Row) {
        let variables = ["NAME": "value", "REFERENCE": "$(NAME)", "EMPTY": ""]
        #expect(VariableExpansion.expand(row.text, variables) == row.expanded)
    }
}
