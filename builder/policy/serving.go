package policy

// The values of Cache-Control (RFC 9111 §5.2.2) that are not a matter of class.
const (
	// NoCache lets a client keep a response and use it once the server has said
	// that it is still right.
	NoCache = "no-cache"
	// NoStore is for what must not be kept: event streams, states of the server,
	// a fingerprinted name that is not there yet.
	NoStore = "no-store"
	// Immutable is for names that hold the digest of their bytes.
	Immutable = "public, max-age=31536000, immutable"
)

// Serving is the Cache-Control of an answer while the author edits: nothing
// that can change may stick to localhost, and what is named after its bytes
// never changes. found is false where the answer stands for a file that is not there.
func Serving(c Class, found bool) string {
	switch {
	case c != Fingerprinted:
		return NoCache
	case found:
		return Immutable
	}
	return NoStore
}
