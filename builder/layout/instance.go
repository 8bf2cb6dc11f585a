package layout

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"maps"

	"github.com/etagere/etagere/builder/diag"
	"github.com/etagere/etagere/builder/layout/funcs"
)

// Limits of one template run. They are far above what a page needs and low
// enough that a mistake ends in seconds and in little memory.
const (
	// maxOutput is how much one template may write, partials counted where they
	// are printed.
	maxOutput = 256 << 20
	// maxPartials is how deep partials may be nested.
	maxPartials = 200
	// maxTemplates is how deep {{template}} may be nested, over all partials.
	maxTemplates = 1000
	// maxSteps is how many turns of loops and calls of templates a render may
	// take. A loop that writes nothing ends here, after some seconds.
	maxSteps = 10_000_000
)

// Limits describes the limits for the documentation and for error messages.
const Limits = "256 MiB of output, 200 partials and 1,000 templates deep, 10,000,000 turns of loops in one render"

// Instance runs templates for one render at a time. It is not safe for
// concurrent use. Calls may be nested: the function "partial" of a Bound calls
// Execute or Value of the Instance that called it.
type Instance struct {
	// Env is the render's own state, as given to Acquire.
	Env any

	set   *Set
	funcs template.FuncMap
	units map[Choice]*unit

	ctx    context.Context
	frames []frame
	depth  int
	steps  int
	// over is set once a template has written too much.
	over     bool
	warnings diag.List
}

// frame is one running Execute or Value.
type frame struct {
	choice Choice
	data   any
	// value says that return is allowed; result is what it was given.
	value  bool
	result any
}

// Acquire lends an Instance that carries env. Give it back with Release.
func (s *Set) Acquire(env any) *Instance {
	s.mu.Lock()
	var in *Instance
	if n := len(s.idle); n > 0 {
		in, s.idle = s.idle[n-1], s.idle[:n-1]
	}
	s.mu.Unlock()
	if in == nil {
		in = &Instance{set: s, units: map[Choice]*unit{}}
		in.funcs = funcs.Map()
		maps.Copy(in.funcs, own(in))
		if s.bound != nil {
			maps.Copy(in.funcs, s.bound(in))
		}
	}
	in.Env = env
	return in
}

// Release takes an Instance back. It must not be used afterwards.
func (s *Set) Release(in *Instance) {
	*in = Instance{set: in.set, funcs: in.funcs, units: in.units}
	s.mu.Lock()
	s.idle = append(s.idle, in)
	s.mu.Unlock()
}

// Set is the set whose templates the Instance runs.
func (in *Instance) Set() *Set { return in.set }

// Context is that of the running Execute or Value, for functions of a Bound
// that wait. Outside of one it is the background.
func (in *Instance) Context() context.Context {
	if in.ctx == nil {
		return context.Background()
	}
	return in.ctx
}

// Warnings are what templates said by warnf since Acquire.
func (in *Instance) Warnings() diag.List { return in.warnings }

// Execute runs a template and writes its output to w. An author's mistake is an
// *ExecError; when ctx ends, its cause is returned; an error of w comes back as
// it is.
func (in *Instance) Execute(ctx context.Context, w io.Writer, c Choice, data any) error {
	_, _, err := in.run(ctx, w, c, data, false)
	return err
}

// Value runs a partial template. If it executes {{ return x }}, the result is x
// and true. Otherwise it is the output, template.HTML or, for a template that is
// not HTML, a string, and false.
func (in *Instance) Value(ctx context.Context, c Choice, data any) (any, bool, error) {
	var buf bytes.Buffer
	v, returned, err := in.run(ctx, &buf, c, data, true)
	if err != nil || returned {
		return v, returned, err
	}
	if u := in.units[c]; u.html == nil {
		return buf.String(), false, nil
	}
	return template.HTML(buf.String()), false, nil
}

// run is Execute and Value.
func (in *Instance) run(ctx context.Context, w io.Writer, c Choice, data any, value bool) (result any, returned bool, err error) {
	if len(in.frames) >= maxPartials {
		return nil, false, Mistake{
			Message: fmt.Sprintf("partials are nested more than %d deep; %q calls itself without end", maxPartials, c.Path),
		}
	}
	if err := in.step(ctx); err != nil {
		return nil, false, err
	}
	u := in.units[c]
	if u == nil {
		u = in.compile(c)
		in.units[c] = u
	}
	if u.err != nil {
		return nil, false, u.err
	}
	outer, depth := in.ctx, in.depth
	in.ctx = ctx
	in.frames = append(in.frames, frame{choice: c, data: data, value: value})
	defer func() {
		// What functions and methods panic with, text/template makes errors of. The
		// rest comes from iterators and formatters.
		if r := recover(); r != nil {
			err = in.executed(u, Mistake{Message: fmt.Sprintf("a function or method broke: %v", r)})
		}
		in.frames = in.frames[:len(in.frames)-1]
		in.ctx, in.depth = outer, depth
	}()
	err = u.execute(&limited{w: w, in: in}, data)
	if err == nil && in.over {
		err = errTooLong
	}
	if top := &in.frames[len(in.frames)-1]; errors.Is(err, errReturn) && top.value {
		return top.result, true, nil
	}
	if err != nil {
		return nil, false, in.executed(u, err)
	}
	return nil, false, nil
}

// step counts against maxSteps and looks whether the render is still wanted.
func (in *Instance) step(ctx context.Context) error {
	in.steps++
	if in.steps > in.set.maxSteps {
		return Mistake{Message: fmt.Sprintf("the template loops without end: more than %d turns", in.set.maxSteps), Bare: true}
	}
	if in.steps&0xff == 0 && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// errReturn ends a template that has executed {{ return x }}.
var errReturn = errors.New("return outside of a partial that is asked for its value")

// own are the functions that belong to an Instance itself.
func own(in *Instance) template.FuncMap {
	return template.FuncMap{
		tickName:  in.tick,
		enterName: in.enter,
		leaveName: in.leave,
		paramName: paramOf,
		"return":  in.doReturn,
		"warnf":   in.warnf,
	}
}

// tick is called at the start of each turn of a loop.
func (in *Instance) tick() (bool, error) {
	if in.over {
		return false, errTooLong
	}
	return false, in.step(in.ctx)
}

// enter and leave are called around templates that call templates.
func (in *Instance) enter() (bool, error) {
	in.depth++
	if in.depth > maxTemplates {
		return false, Mistake{
			Message: fmt.Sprintf("templates are nested more than %d deep; one calls itself without end", maxTemplates), Bare: true,
		}
	}
	return in.tick()
}

func (in *Instance) leave() bool {
	in.depth--
	return false
}

func (in *Instance) doReturn(values ...any) (any, error) {
	top := &in.frames[len(in.frames)-1]
	if !top.value {
		return nil, Mistake{Message: "return works in partials only"}
	}
	switch len(values) {
	case 0:
	case 1:
		top.result = values[0]
	default:
		return nil, Mistake{Message: fmt.Sprintf("return takes one value, not %d", len(values)), Hint: "return (slice a b) or (dict …) for several"}
	}
	return nil, errReturn
}

// warnf notes a warning at the place that preparing the template put before
// its arguments.
func (in *Instance) warnf(where string, format string, args ...any) (string, error) {
	msg, err := funcs.Format(format, args...)
	if err != nil {
		return "", err
	}
	in.warnings = append(in.warnings, in.set.problemAt(where, len("warnf"), "template-warning", msg).Warn())
	return "", nil
}

// errTooLong ends a template that writes without end.
var errTooLong = Mistake{Message: "the template writes more than 256 MiB", Bare: true}

// limited is a writer that gives up when nobody waits for it any longer, and
// swallows what is too much: the next turn of a loop then fails, and knows
// where it stands.
type limited struct {
	w  io.Writer
	in *Instance
	n  int
}

func (l *limited) Write(p []byte) (int, error) {
	l.n += len(p)
	if l.n > maxOutput {
		l.in.over = true
	}
	if l.in.over {
		return len(p), nil
	}
	if l.in.ctx.Err() != nil {
		return 0, context.Cause(l.in.ctx)
	}
	return l.w.Write(p)
}
