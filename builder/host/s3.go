package host

import (
	"fmt"
	"slices"
	"strings"
)

// s3 is Amazon S3, or a store that speaks its protocol, behind CloudFront
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html,
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/). The
// files are for a bucket that only CloudFront reads:
//
//	objects.json            every object with its metadata
//	headers-policy.json     the response headers policy: aws cloudfront create-response-headers-policy
//	                        --response-headers-policy-config file://headers-policy.json
//	error-responses.json    CustomErrorResponses of the distribution
//	viewer-request.js       the function for viewer requests: folders, slashes, redirects
//	viewer-response.js      the function for viewer responses: what differs by URL and status
//
// What the host does differently:
//   - A key has one set of bytes. Objects are stored as they are, and CloudFront
//     packs them ("Compress objects automatically") and sends Vary and a weak
//     validator then. What it does not pack (over 10 MB, or a media type that is not
//     on its list) goes out as it is.
//   - Of all fields an object keeps only Cache-Control and Content-Type of ours;
//     those that all answers share are in the policy.
//   - The store has no folders: /guide/ is rewritten to guide/index.html by the
//     function, and /guide is sent on to /guide/ unless it has an extension or is the
//     name of a file; so is what is not there.
//   - What is not there is 403 for who may not list the bucket; both become 404,
//     with one page for all languages, and are not kept by CloudFront.
//   - Functions do not run on errors of 400 and more from the store
//     (Edge functions, restrictions), so that the 404 of a fingerprinted URL has the
//     headers of the page that is sent: no-cache rather than no-store.
//   - Pages have no-cache, so that CloudFront asks the store each time. A lifetime
//     there needs a purge with every publication.
//
// Limits: 5 GB for an object that is put in one piece; 10 KB for a function.
func s3() Host {
	return Host{
		Name: "s3", Title: "S3", Docs: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/",
		Root: true, compile: (*job).s3,
	}
}

// s3Function is how long a function may be: 10 KB, which is read as 10,240 bytes.
const s3Function = 10_240

// Object is an object of a bucket with its metadata.
type Object struct {
	// Key is the object's, without a leading slash; Path the file in the destination.
	Key  string `json:"key"`
	Path string `json:"path"`
	// ContentType and CacheControl are the metadata of the same names.
	ContentType  string `json:"content_type"`
	CacheControl string `json:"cache_control"`
	Size         int64  `json:"size"`
	SHA256       string `json:"sha256"`
}

func (j *job) s3() {
	var objects []Object
	for _, e := range j.files() {
		objects = append(objects, Object{
			Key: e.Path, Path: e.Path, ContentType: e.Type,
			CacheControl: j.headers(e).Get("Cache-Control"), Size: e.Size, SHA256: e.SHA256,
		})
	}
	j.limits(0, 5_000_000_000)
	j.configure("objects.json", jsonFile(map[string]any{"version": 1, "objects": objects}))
	j.configure("headers-policy.json", jsonFile(j.headersPolicy()))
	if pages := j.notFounds(); len(pages) > 0 {
		j.configure("error-responses.json", jsonFile(j.errorResponses(pages[len(pages)-1])))
		if len(pages) > 1 {
			j.warn("", "CloudFront has one page for what is not there: those of the other languages are not shown")
		}
	}
	for name, code := range map[string]string{"viewer-request.js": j.viewerRequest(), "viewer-response.js": j.viewerResponse()} {
		if len(code) > s3Function {
			j.fail("%s would have %d bytes, and CloudFront runs %d; have fewer redirects or rules", name, len(code), s3Function)
		}
		j.configure(name, []byte(code))
	}
	sortConfig(j.out.Config)
}

// headersPolicy is a response headers policy with what all answers share.
func (j *job) headersPolicy() map[string]any {
	security := map[string]any{}
	var custom []map[string]any
	for _, t := range j.tables(j.answers()) {
		if !t.same() || strings.EqualFold(t.name, "Cache-Control") || t.values[0] == "" {
			continue
		}
		value := t.values[0]
		switch name := strings.ToLower(t.name); {
		case name == "x-content-type-options" && strings.EqualFold(value, "nosniff"):
			security["ContentTypeOptions"] = map[string]any{"Override": true}
		case name == "referrer-policy":
			security["ReferrerPolicy"] = map[string]any{"Override": true, "ReferrerPolicy": value}
		case name == "content-security-policy":
			security["ContentSecurityPolicy"] = map[string]any{"Override": true, "ContentSecurityPolicy": value}
		default:
			custom = append(custom, map[string]any{"Header": t.name, "Value": value, "Override": true})
		}
	}
	out := map[string]any{"Name": "etagere", "Comment": "Written by étagère", "SecurityHeadersConfig": security}
	if len(custom) > 0 {
		out["CustomHeadersConfig"] = map[string]any{"Quantity": len(custom), "Items": custom}
	}
	return out
}

func (j *job) errorResponses(page notFound) map[string]any {
	var items []map[string]any
	for _, code := range []int{403, 404} {
		items = append(items, map[string]any{
			"ErrorCode": code, "ResponseCode": "404", "ResponsePagePath": j.at(page.entry.URL), "ErrorCachingMinTTL": 0,
		})
	}
	return map[string]any{"Quantity": len(items), "Items": items}
}

// viewerRequest is the function that finds the object of a URL
// (cloudfront-js-2.0). URIs come escaped as the client sent them.
func (j *job) viewerRequest() string {
	var moved strings.Builder
	for _, r := range j.redirects() {
		for _, from := range r.froms() {
			fmt.Fprintf(&moved, "  %s: [%d, %s],\n", jsString(from), r.Status, jsString(r.To))
		}
	}
	add := ""
	if j.slashed() {
		bare := jsString(slices.Concat([]string{}, j.bare()))
		add = "  if (!/\\.[^\\/]*$/.test(uri) && " + bare + ".indexOf(uri) < 0) return move(301, uri + '/');\n"
	}
	if base := strings.TrimSuffix(j.Base, "/"); base != "" {
		add = fmt.Sprintf("  if (uri === %s) return move(301, uri + '/');\n", jsString(base)) + add
	}
	return fmt.Sprintf(`// Written by étagère: a CloudFront function for viewer requests, cloudfront-js-2.0.
var moved = {
%s};
var cache = { 301: %s, 308: %[2]s, 302: %[3]s, 307: %[3]s };

function move(status, to) {
  return { statusCode: status, headers: { location: { value: to }, 'cache-control': { value: cache[status] } } };
}

function handler(event) {
  var request = event.request;
  var uri = request.uri;
  if (Object.prototype.hasOwnProperty.call(moved, uri)) return move(moved[uri][0], moved[uri][1]);
  if (uri.endsWith('/')) {
    request.uri = uri + 'index.html';
    return request;
  }
%[4]s  return request;
}
`, moved.String(), jsString(j.Policy.Redirect(301, "/").Get("Cache-Control")), jsString(j.Policy.Redirect(302, "/").Get("Cache-Control")), add)
}

// viewerResponse is the function that sets what the policy cannot: fields that
// differ by URL. They are set by the object's key, which the request has by then.
func (j *job) viewerResponse() string {
	var rules strings.Builder
	var answers []answer
	for _, e := range j.files() {
		answers = append(answers, answer{j.keyURL(e.URL), j.headers(e)})
	}
	tables := slices.DeleteFunc(j.tables(answers), func(t *table) bool {
		// The object has the one, the policy the others.
		return strings.EqualFold(t.name, "Cache-Control") || t.same()
	})
	for _, b := range blocks(tables, speech{root: j.at("/"), suffixes: fileName}, true) {
		set := make(map[string]string)
		for _, f := range b.set {
			set[strings.ToLower(f.Name)] = f.Value
		}
		for _, name := range b.unset {
			set[strings.ToLower(name)] = ""
		}
		if len(set) == 0 {
			continue
		}
		fmt.Fprintf(&rules, "  [%s, %s, {", jsString(b.Prefix), jsString(ending(b.Pattern)))
		for k, name := range sortedKeys(set) {
			if k > 0 {
				rules.WriteString(", ")
			}
			fmt.Fprintf(&rules, "%s: %s", jsString(name), jsString(set[name]))
		}
		rules.WriteString("}],\n")
	}
	return fmt.Sprintf(`// Written by étagère: a CloudFront function for viewer responses, cloudfront-js-2.0.
// Each rule is the beginning and the end of a path, "=" for the whole, and fields.
var rules = [
%s];

function handler(event) {
  var uri = event.request.uri;
  var response = event.response;
  for (var i = 0; i < rules.length; i++) {
    var from = rules[i][0], end = rules[i][1], set = rules[i][2];
    if (end === '=' ? uri !== from : !(uri.length >= from.length + end.length && uri.startsWith(from) && uri.endsWith(end))) continue;
    for (var name in set) {
      if (set[name] === '') delete response.headers[name];
      else response.headers[name] = { value: set[name] };
    }
  }
  return response;
}
`, rules.String())
}

// keyURL is the path that a URL's object is asked for with.
func (j *job) keyURL(u string) string {
	if strings.HasSuffix(u, "/") {
		u += "index.html"
	}
	return j.at(u)
}

// ending is what a pattern's URLs end in, "=" for a single one.
func ending(p Pattern) string {
	if p.Exact {
		return "="
	}
	return p.Suffix
}

// jsString is a text, or several, as JavaScript writes it.
func jsString[T string | []string](s T) string {
	lines := strings.Split(strings.TrimSuffix(string(jsonFile(s)), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "")
}
