package layout

import "github.com/etagere/etagere/builder/layout/funcs"

// Docs are the functions that every template has but those of a Bound: the pure
// ones of package funcs, and those of an Instance.
func Docs() []funcs.Doc {
	return funcs.Sorted(append(funcs.Docs(),
		funcs.Doc{
			Name: "return", Signature: "return [VALUE]",
			Text:    "Ends a partial, whose value is VALUE instead of its output.",
			Example: `{{ define "partials/double.html" }}{{ return (mul . 2) }}{{ end }}{{ add 1 (partial "double.html" 4) }}`, Output: "9",
		},
		funcs.Doc{
			Name: "warnf", Signature: "warnf FORMAT VALUE …",
			Text:    "Warns of something at this place of the template, and goes on.",
			Example: `{{ warnf "%q has no image" "a" }}`,
		},
	))
}
