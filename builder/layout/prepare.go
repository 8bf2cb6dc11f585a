package layout

import (
	"maps"
	"slices"
	"strconv"
	"text/template/parse"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Names of the functions that prepare puts into trees. A template can name them
// too, to no effect worth having.
const (
	tickName  = "_tick"
	enterName = "_enter"
	leaveName = "_leave"
)

// prepare checks the functions of a tree, lets parameters be found in any case,
// and makes the tree safe to run: each
// range body begins with a call that counts the turn, and each tree that calls
// templates counts how deep it is. Both know where they stand, so their errors
// do. warnf is told its position the same way.
func (f *file) prepare(s *Set, t *parse.Tree) {
	p := preparer{file: f, set: s, tree: t}
	p.list(t.Root)
	if p.calls != nil {
		nodes := append([]parse.Node{call(t, enterName, p.calls.Pos)}, t.Root.Nodes...)
		t.Root.Nodes = append(nodes, call(t, leaveName, p.calls.Pos))
	}
}

type preparer struct {
	file *file
	set  *Set
	tree *parse.Tree
	// calls is the last {{template}} of the tree.
	calls *parse.TemplateNode
}

func (p *preparer) list(l *parse.ListNode) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		p.node(n)
	}
}

func (p *preparer) node(n parse.Node) {
	switch n := n.(type) {
	case *parse.ActionNode:
		p.pipe(n.Pipe)
	case *parse.IfNode:
		p.branch(&n.BranchNode)
	case *parse.WithNode:
		p.branch(&n.BranchNode)
	case *parse.RangeNode:
		p.branch(&n.BranchNode)
		n.List.Nodes = append([]parse.Node{call(p.tree, tickName, n.Pos)}, n.List.Nodes...)
	case *parse.TemplateNode:
		p.calls = n
		p.pipe(n.Pipe)
	case *parse.PipeNode:
		p.pipe(n)
	case *parse.ChainNode:
		p.node(n.Node)
	case *parse.IdentifierNode:
		p.function(n)
	}
}

func (p *preparer) branch(b *parse.BranchNode) {
	p.pipe(b.Pipe)
	p.list(b.List)
	p.list(b.ElseList)
}

func (p *preparer) pipe(n *parse.PipeNode) {
	if n == nil {
		return
	}
	for _, cmd := range n.Cmds {
		for i, arg := range cmd.Args {
			p.node(arg)
			if call := p.param(arg); call != nil {
				cmd.Args[i] = call
			}
		}
		if id, ok := cmd.Args[0].(*parse.IdentifierNode); ok && id.Ident == "warnf" {
			where := p.file.key + ":" + strconv.Itoa(int(id.Position()))
			mark := &parse.StringNode{NodeType: parse.NodeString, Pos: id.Pos, Quoted: strconv.Quote(where), Text: where}
			cmd.Args = slices.Insert(cmd.Args, 1, parse.Node(mark))
		}
	}
}

func (p *preparer) function(id *parse.IdentifierNode) {
	if _, ok := p.set.names[id.Ident]; ok || len(p.file.problems) >= maxProblems {
		return
	}
	pr := p.file.at(int(id.Position()), len(id.Ident), "template-parse", "there is no function %q", id.Ident)
	if hint := nearestHint(id.Ident, sortedKeys(p.set.names)); hint != "" {
		pr = pr.WithHint("%s", hint)
	}
	p.file.problems = append(p.file.problems, pr)
}

// call is an action that calls one of our functions and prints nothing. It
// assigns to a variable, because an action that prints, be it the empty string,
// means something to html/template inside a tag. It claims to stand at pos, for
// errors.
func call(t *parse.Tree, name string, pos parse.Pos) parse.Node {
	return &parse.ActionNode{NodeType: parse.NodeAction, Pos: pos, Pipe: &parse.PipeNode{
		NodeType: parse.NodePipe, Pos: pos,
		Decl: []*parse.VariableNode{{NodeType: parse.NodeVariable, Pos: pos, Ident: []string{"$_"}}},
		Cmds: []*parse.CommandNode{{NodeType: parse.NodeCommand, Pos: pos, Args: []parse.Node{
			parse.NewIdentifier(name).SetPos(pos).SetTree(t),
		}}},
	}}
}
