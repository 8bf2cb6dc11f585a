package config

// Assets is what becomes of the files below assets/, and of those below content
// that are not Markdown.
type Assets struct {
	// Make one file of a stylesheet or a script and all that it imports, in syntax that
	// the browsers of target read. Without it files are passed on as they are. Default: true.
	Bundle bool `toml:"bundle"`
	// Write stylesheets and scripts as short as possible. Default: true.
	Minify bool `toml:"minify"`
	// The oldest browsers that stylesheets and scripts must run in, as esbuild names
	// them: "chrome111", "safari16.4", "es2022". The default is what all browsers had in
	// July 2023: what is "widely available" by Baseline since January 2026.
	// Default: ["chrome111", "edge111", "firefox114", "safari16.4"].
	Target []string `toml:"target"`
	// How a script runs that says nothing else: "iife", at once and with names of its own;
	// "esm", as a module. A file that ends in .mjs or .mts is a module. Default: "iife".
	Format string `toml:"format"`
	// "serve": etagere serve offers source maps, and nothing of them is published.
	// "publish": they are published, and each bundle names its own. "off": none are made. Default: "serve".
	SourceMaps string `toml:"source_maps"`
	// JavaScript expressions by the name whose place they take in scripts:
	// API_URL = '"https://api.example.org"'.
	Define map[string]string `toml:"define"`
	// Packages whose imports are left to the browser, for an import map.
	External []string `toml:"external"`
	// Do not publish pictures, sound, film and fonts below content under their own
	// names as well, where links from other sites lead. What a page shows of them has a
	// URL with the digest of its bytes.
	FingerprintedOnly bool `toml:"fingerprinted_only"`
	// Patterns (doublestar) of files below content, such as "**/*.pdf", that
	// links lead to under a URL with the digest of their bytes.
	Fingerprint []string `toml:"fingerprint"`
}

// target is what every browser engine that Baseline counts had 30 months before
// January 2026, the newest "widely available" when this was written: so much may
// be used on the open web without asking. It is what Vite takes as well.
func target() []string { return []string{"chrome111", "edge111", "firefox114", "safari16.4"} }

func (v *validator) assets() {
	a := &v.Assets
	if !v.word("assets.format", "format of scripts", a.Format, []string{"iife", "esm"}) {
		a.Format = v.def.Assets.Format
	}
	if !v.word("assets.source_maps", "choice of source_maps", a.SourceMaps, []string{"serve", "publish", "off"}) {
		a.SourceMaps = v.def.Assets.SourceMaps
	}
	if len(a.Target) == 0 {
		a.Target = v.def.Assets.Target
	}
}
