package main

import (
	"strings"

	"github.com/etagere/etagere/builder/diag"
)

// archetypeMistake is an error of text/template as the author's mistake. Its
// text starts with "template: NAME:LINE".
func archetypeMistake(err error) error {
	message := strings.TrimPrefix(err.Error(), "template: ")
	return diag.List{{Code: "archetype", Message: message, Hint: "an archetype knows .Name, .Title, .Date and .Path"}}
}
