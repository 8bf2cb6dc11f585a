package render

import (
	"bytes"
	"html/template"

	"github.com/etagere/etagere/builder/config"
)

// The slots that every page has, whatever its layout.
const (
	slotHead = "head"
	slotBody = "body-end"
)

// slot is what the site puts at a place that a layout offers.
func (r *reader) slot(name string, args []any) (template.HTML, error) {
	r.fact(factConfig, "policy")
	var out template.HTML
	for _, e := range r.env.Config.Embed {
		if e.Slot != name || name == slotHead || name == slotBody {
			continue
		}
		text, err := r.embedText(e, first(args))
		if err != nil {
			return "", err
		}
		out += template.HTML(text)
	}
	return out, nil
}

// embedText is the HTML of an embed.
func (r *reader) embedText(e config.Embed, dot any) (string, error) {
	if e.Partial == "" {
		return e.HTML, nil
	}
	c, err := r.mustPartial(e.Partial)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := r.execute(&b, c, dot); err != nil {
		return "", err
	}
	return trimmed(b.Bytes()), nil
}
