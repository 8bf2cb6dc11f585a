package funcs

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"hash"
	"hash/fnv"
	"html/template"
	"strings"
)

// Encoding is the namespace "encoding".
type Encoding struct{}

// Crypto is the namespaces "crypto" and "hash".
type Crypto struct{}

func encodingEntries() []entry {
	e := Encoding{}
	return []entry{
		{"jsonify", []string{"encoding.Jsonify"}, e.Jsonify, "jsonify [OPTIONS] VALUE", `The value as JSON. OPTIONS is a map with "indent", "prefix" and "noHTMLEscape".`, `{{ jsonify (dict "a" (slice 1 2)) }}`, `{"a":[1,2]}`},
		{"base64Encode", []string{"encoding.Base64Encode"}, e.Base64Encode, "base64Encode TEXT", "The text in Base64.", `{{ base64Encode "abc" }}`, "YWJj"},
		{"base64Decode", []string{"encoding.Base64Decode"}, e.Base64Decode, "base64Decode TEXT", "What is written in Base64.", `{{ base64Decode "YWJj" }}`, "abc"},
	}
}

func cryptoEntries() []entry {
	c := Crypto{}
	return []entry{
		{"md5", []string{"crypto.MD5"}, c.MD5, "md5 TEXT", "The MD5 digest in hexadecimal. Not for secrets.", `{{ md5 "a" }}`, "0cc175b9c0f1b6a831c399e269772661"},
		{"sha1", []string{"crypto.SHA1"}, c.SHA1, "sha1 TEXT", "The SHA-1 digest in hexadecimal. Not for secrets.", `{{ sha1 "a" }}`, "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"},
		{"sha256", []string{"crypto.SHA256"}, c.SHA256, "sha256 TEXT", "The SHA-256 digest in hexadecimal.", `{{ sha256 "a" | first 16 }}`, "ca978112ca1bbdca"},
		{"crypto.HMAC", nil, nil, "crypto.HMAC HASH KEY TEXT", "The keyed digest in hexadecimal, with md5, sha1, sha256 or sha512.", `{{ crypto.HMAC "sha256" "k" "a" | first 16 }}`, "78da91511e675587"},
		{"fnv32a", []string{"crypto.FNV32a", "hash.FNV32a"}, c.FNV32a, "fnv32a TEXT", "The FNV-1a hash, a number of 32 bits.", `{{ fnv32a "a" }}`, "3826002220"},
	}
}

// Jsonify is jsonify.
func (Encoding) Jsonify(args ...any) (template.HTML, error) {
	if len(args) < 1 || len(args) > 2 {
		return "", mistake("takes options and a value")
	}
	v := args[len(args)-1]
	if view, ok := v.(View); ok && !isNilPointer(v) {
		v = view.Slice()
	}
	if err := weigh(v); err != nil {
		return "", err
	}
	var indent, prefix string
	escape := true
	if len(args) == 2 {
		opts, err := toMap(args[0])
		if err != nil {
			return "", err
		}
		for k, o := range opts {
			switch strings.ToLower(k) {
			case "indent":
				indent, err = toString(o)
			case "prefix":
				prefix, err = toString(o)
			case "nohtmlescape":
				escape = !truth(o)
			}
			if err != nil {
				return "", err
			}
		}
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(escape)
	if len(indent)+len(prefix) > 100 {
		return "", mistake("the indent is longer than 100 characters")
	}
	enc.SetIndent(prefix, indent)
	if err := enc.Encode(v); err != nil {
		return "", mistake("%s cannot be JSON: %s", show(v), strings.TrimPrefix(err.Error(), "json: "))
	}
	s, err := limited(strings.TrimSuffix(buf.String(), "\n"))
	return template.HTML(s), err
}

// Base64Encode is base64Encode.
func (Encoding) Base64Encode(v any) (string, error) {
	s, err := toString(v)
	if err != nil {
		return "", err
	}
	return limited(base64.StdEncoding.EncodeToString([]byte(s)))
}

// Base64Decode is base64Decode.
func (Encoding) Base64Decode(v any) (string, error) {
	s, err := toString(v)
	if err != nil {
		return "", err
	}
	out, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", mistake("%s is not Base64", show(s))
	}
	return string(out), nil
}

func hexDigest(h hash.Hash, v any) (string, error) {
	s, err := toString(v)
	h.Write([]byte(s))
	return hex.EncodeToString(h.Sum(nil)), err
}

// MD5 is md5.
func (Crypto) MD5(v any) (string, error) { return hexDigest(md5.New(), v) }

// SHA1 is sha1.
func (Crypto) SHA1(v any) (string, error) { return hexDigest(sha1.New(), v) }

// SHA256 is sha256.
func (Crypto) SHA256(v any) (string, error) { return hexDigest(sha256.New(), v) }

// HMAC is crypto.HMAC.
func (Crypto) HMAC(name, key, v any) (string, error) {
	n, k, err := two(name, key)
	if err != nil {
		return "", err
	}
	makers := map[string]func() hash.Hash{"md5": md5.New, "sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New}
	if makers[n] == nil {
		return "", mistake("there is no hash %q; there are md5, sha1, sha256 and sha512", n)
	}
	return hexDigest(hmac.New(makers[n], []byte(k)), v)
}

// FNV32a is fnv32a.
func (Crypto) FNV32a(v any) (int, error) {
	s, err := toString(v)
	h := fnv.New32a()
	h.Write([]byte(s))
	return int(h.Sum32()), err
}
