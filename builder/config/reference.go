package config

import (
	_ "embed"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"regexp"
	"strings"
)

//go:embed config.go
var source string

// Reference is the description of every key, in Markdown. It is read off the
// declarations, so that it cannot say anything else than the code.
func Reference() string {
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", source, parser.ParseComments)
	if err != nil {
		panic("config.go is not the file that was compiled: " + err.Error())
	}
	r := &reference{types: make(map[string]*ast.StructType)}
	ast.Inspect(file, func(n ast.Node) bool {
		if t, ok := n.(*ast.TypeSpec); ok {
			if s, ok := t.Type.(*ast.StructType); ok {
				r.types[t.Name.Name] = s
			}
		}
		return true
	})
	r.table("", r.types["Config"], nil)
	return strings.TrimSpace(r.out.String()) + "\n"
}

type reference struct {
	types map[string]*ast.StructType
	out   strings.Builder
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
