//go:build !race

package markdown

// raced says that the race detector is on, which makes times meaningless.
const raced = false
