package layout

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"
)

// paramName is the function that param puts into trees.
const paramName = "_param"

// param makes a call of .Params.featuredImage that finds the parameter however
// the author spelled it, or nil where arg is none. What is lower-case stays
// as it is: Params has each key in lower case too.
func (p *preparer) param(arg parse.Node) parse.Node {
	var fields []string
	switch n := arg.(type) {
	case *parse.FieldNode:
		fields = n.Ident
	case *parse.VariableNode:
		fields = n.Ident[1:]
	case *parse.ChainNode:
		fields = n.Field
	default:
		return nil
	}
	i := slices.Index(fields, "Params")
	if i < 0 || i+1 == len(fields) || strings.ToLower(fields[i+1]) == fields[i+1] {
		return nil
	}
	name, rest := fields[i+1], fields[i+2:]
	pos := arg.Position()
	of := arg.Copy()
	switch n := of.(type) {
	case *parse.FieldNode:
		n.Ident = slices.Clone(fields[:i+1])
	case *parse.VariableNode:
		n.Ident = slices.Concat(n.Ident[:1], fields[:i+1])
	case *parse.ChainNode:
		n.Field = slices.Clone(fields[:i+1])
	}
	found := &parse.PipeNode{NodeType: parse.NodePipe, Pos: pos, Cmds: []*parse.CommandNode{{
		NodeType: parse.NodeCommand, Pos: pos, Args: []parse.Node{
			parse.NewIdentifier(paramName).SetPos(pos).SetTree(p.tree), of,
			&parse.StringNode{NodeType: parse.NodeString, Pos: pos, Quoted: strconv.Quote(name), Text: name},
		},
	}}}
	if len(rest) == 0 {
		return found
	}
	return &parse.ChainNode{NodeType: parse.NodeChain, Pos: pos, Node: found, Field: slices.Clone(rest)}
}

// paramOf is the entry of a table whose key differs from name in case at most:
// the key that is name itself, else the first of the others.
func paramOf(table any, name string) any {
	m, ok := table.(map[string]any)
	if !ok {
		return nil
	}
	if v, ok := m[name]; ok {
		return v
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if strings.EqualFold(k, name) {
			return m[k]
		}
	}
	return nil
}
