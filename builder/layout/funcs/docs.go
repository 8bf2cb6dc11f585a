package funcs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Doc describes one function.
type Doc struct {
	// Name is what it is called, Aliases what else.
	Name    string
	Aliases []string
	// Signature is a call with the arguments in capitals, optional ones in brackets.
	Signature string
	Text      string
	// Example is template text, Output what it prints in an HTML page.
	Example, Output string
}

// Docs are all functions, by name.
func Docs() []Doc {
	var out []Doc
	for _, e := range newLibrary().entries() {
		out = append(out, Doc{e.name, e.aliases, e.sig, e.text, e.example, e.output})
	}
	return Sorted(out)
}

// Sorted is docs by name.
func Sorted(docs []Doc) []Doc {
	out := slices.Clone(docs)
	slices.SortStableFunc(out, func(a, b Doc) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name))
	})
	return out
}

// Reference is Docs as Markdown.
func Reference() string { return Markdown(Docs()) }

// Markdown is the documentation of functions as Markdown, one heading a function.
func Markdown(docs []Doc) string {
	var b strings.Builder
	for _, d := range docs {
		fmt.Fprintf(&b, "### %s\n\n", d.Name)
		fmt.Fprintf(&b, "`%s`", d.Signature)
		if len(d.Aliases) > 0 {
			fmt.Fprintf(&b, ", also as `%s`", strings.Join(d.Aliases, "`, `"))
		}
		fmt.Fprintf(&b, "\n\n%s\n\n```go-html-template\n%s\n```\n\n", d.Text, d.Example)
		if d.Output == "" {
			b.WriteString("prints nothing.\n\n")
			continue
		}
		fmt.Fprintf(&b, "prints\n\n```text\n%s\n```\n\n", d.Output)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
