package devserver

import (
	"bytes"
	"html/template"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/output"
	"github.com/etagere/etagere/builder/policy"
)

// ownPolicy is the content security policy of the pages that we make.
const ownPolicy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'"

var problemTemplate = template.Must(template.New("problems").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>
:root { color-scheme: light dark; }
body { max-width: 60rem; margin: 3rem auto; padding: 0 1.25rem; font: 16px/1.6 system-ui, sans-serif; }
ol { list-style: none; padding: 0; }
li { margin: 1.5rem 0; }
p { margin: 0; overflow-wrap: anywhere; }
pre { margin: .4rem 0; padding: .6rem; overflow-x: auto; border: 1px solid color-mix(in srgb, currentcolor 25%, transparent); border-radius: 6px; }
.place { font: 14px/1.5 ui-monospace, monospace; opacity: .75; }
.message { font-weight: 600; }
</style>
</head>
<body>
<h1>{{.Title}}</h1>
<p>Nothing is lost: this page shows itself as soon as what follows is mended.</p>
<ol>
{{range .Problems}}<li><p class="place">{{.Pos}}</p><p class="message">{{.Message}}</p>{{with .Source}}<pre>{{.}}</pre>{{end}}{{with .Hint}}<p>{{.}}</p>{{end}}</li>
{{end}}</ol>
</body>
</html>
`))

// problemPage is a page of ours that lists problems in the place of one that
// cannot be shown.
func problemPage(status int, title string, problems diag.List) answer {
	var b bytes.Buffer
	data := struct {
		Title    string
		Problems diag.List
	}{title, problems}
	if err := problemTemplate.Execute(&b, data); err != nil { // the template is ours, the buffer takes all
		return answer{status: status, class: policy.NotFound, message: problems.Error()}
	}
	file := &output.File{Class: policy.NotFound, Type: "text/html; charset=utf-8", Data: b.Bytes()}
	return answer{status: status, class: policy.NotFound, file: file, made: true}
}
