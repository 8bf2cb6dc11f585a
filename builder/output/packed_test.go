package output

import (
	"os"
	"strings"
	"testing"
)

// TestNeverStale: file by file, nobody ever sees a packed file beside another
// one than it was packed from.
func TestNeverStale(t *testing.T) {
	b := newBench(t)
	b.noExchange = true
	if err := os.Mkdir(b.dest, 0o777); err != nil {
		t.Fatal(err)
	}
	b.hook = func(string) { checkPacked(t, tree(t, b.dest)) }
	builds := [][]string{
		oldFiles, newFiles, oldFiles,
		{"index.html=plain now", "a/index.html=old a+"},
		{"index.html=plain now", "a/index.html=new a+", "a/index.html.br/x=y"},
		{"a=gone+"}, {"a.html=x"}, {"b.html=y+"}, {"z=1"},
	}
	for _, specs := range builds {
		if !strings.Contains(strings.Join(specs, " "), "|") {
			specs = packedSpecs(specs...)
		}
		if len(specs) > 0 && specs[len(specs)-1] == "a/index.html.br/x=y" {
			// The packed file's place is a folder now.
			specs = []string{"index.html=plain now", "a/index.html=new a+", "a/index.html|gzip=gzip(new a+)", "a/index.html.br/x=y"}
		}
		b.build(specs...)
		b.want(specs...)
	}
}

// TestPackedStrangers: what others keep beside our files is theirs.
func TestPackedStrangers(t *testing.T) {
	both(t, func(t *testing.T, b *bench) {
		b.build("x.css=one")
		b.write("x.css.gz", "theirs")
		if _, err := b.try(packedSpecs("x.css=two+")...); err == nil || !strings.Contains(err.Error(), "x.css.gz") {
			t.Errorf("a file of others was replaced: %v", err)
		}
		b.build("x.css=three")
		b.want("x.css=three", "x.css.gz=theirs")
	})
}

// TestCodingsComeAndGo: a coding that is switched off leaves no file.
func TestCodingsComeAndGo(t *testing.T) {
	both(t, func(t *testing.T, b *bench) {
		all := packedSpecs("x.css=one+", "y/index.html=two+")
		b.build(all...)
		before := b.identities()
		if c := b.build(all...); !c.Empty() {
			t.Errorf("nothing changed, and %+v", c)
		}
		c := b.build("x.css=one+", "x.css|br=br(one+)", "y/index.html=two+")
		b.want("x.css=one+", "x.css|br=br(one+)", "y/index.html=two+")
		if len(c.Changed) != 2 {
			t.Errorf("what is sent packed changed, and %+v", c)
		}
		after := b.identities()
		for _, p := range []string{"x.css", "x.css.br", "y/index.html"} {
			if before[p] != after[p] {
				t.Errorf("%s was written again", p)
			}
		}
		b.build(all...)
		b.want(all...)
	})
}
