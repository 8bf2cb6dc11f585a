package config

import (
	"embed"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"regexp"
	"strings"
)

// source are the files that declare keys.
//
//go:embed assets.go config.go encodings.go policy.go
var source embed.FS

// Reference is the description of every key, in Markdown. It is read off the
// declarations, so that it cannot say anything else than the code.
func Reference() string {
	r := &reference{types: make(map[string]*ast.StructType)}
	for _, name := range []string{"assets.go", "config.go", "encodings.go", "policy.go"} {
		text, err := source.ReadFile(name)
		if err != nil {
			panic(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
		if err != nil {
			panic(name + " is not the file that was compiled: " + err.Error())
		}
		ast.Inspect(file, r.declaration)
	}
	r.table("", r.types["Config"], nil)
	return strings.TrimSpace(r.out.String()) + "\n"
}

type reference struct {
	types map[string]*ast.StructType
	out   strings.Builder
}

// declaration keeps a type that is a struct.
func (r *reference) declaration(n ast.Node) bool {
	if t, ok := n.(*ast.TypeSpec); ok {
		if s, ok := t.Type.(*ast.StructType); ok {
			r.types[t.Name.Name] = s
		}
	}
	return true
}

// table writes the keys of one struct, then the tables in it.
func (r *reference) table(path string, s *ast.StructType, above []string) {
	type sub struct{ path, typ string }
	var subs []sub
	heading := "Keys at the top"
	if path != "" {
		heading = "`[" + path + "]`"
	}
	r.out.WriteString("## " + heading + "\n\n| key | type | default | meaning |\n|---|---|---|---|\n")
	for _, f := range s.Fields.List {
		if f.Tag == nil {
			continue
		}
		key := reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("toml")
		typ, inner := typeName(f.Type)
		text, def := splitDefault(f.Doc.Text())
		r.out.WriteString("| `" + key + "` | " + typ + " | " + cell(def) + " | " + cell(text) + " |\n")
		if r.types[inner] == nil || contains(above, inner) {
			continue
		}
		subs = append(subs, sub{subPath(path, key, f.Type), inner})
	}
	r.out.WriteString("\n")
	for _, t := range subs {
		r.table(t.path, r.types[t.typ], append(above, t.typ))
	}
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

func subPath(path, key string, t ast.Expr) string {
	p := join(path, key)
	for {
		switch x := t.(type) {
		case *ast.MapType:
			p, t = p+".NAME", x.Value
		case *ast.ArrayType:
			p, t = "["+p+"]", x.Elt
		default:
			return p
		}
	}
}

// typeName is a type for people, and the struct at the heart of it.
func typeName(t ast.Expr) (name, inner string) {
	switch t := t.(type) {
	case *ast.Ident:
		switch t.Name {
		case "string":
			return "text", ""
		case "int":
			return "number", ""
		case "bool":
			return "true or false", ""
		case "any":
			return "anything", ""
		}
		return "table", t.Name
	case *ast.ArrayType:
		name, inner = typeName(t.Elt)
		return "list of " + plural(name), inner
	case *ast.MapType:
		name, inner = typeName(t.Value)
		return "table of " + plural(name), inner
	}
	return "anything", ""
}

func plural(name string) string {
	switch {
	case name == "anything":
		return name
	case strings.HasPrefix(name, "table of "):
		return "tables of " + name[len("table of "):]
	case strings.HasPrefix(name, "list of "):
		return "lists of " + name[len("list of "):]
	}
	return name + "s"
}

var defaultSentence = regexp.MustCompile(`(?s)\s*Default: (.*?)\.\s*$`)

// splitDefault takes "Default: x." off the end of a comment.
func splitDefault(doc string) (text, def string) {
	doc = strings.Join(strings.Fields(doc), " ")
	if m := defaultSentence.FindStringSubmatch(doc); m != nil {
		return doc[:len(doc)-len(m[0])], m[1]
	}
	return doc, ""
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
