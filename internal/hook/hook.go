// Package hook speaks the dialects of agent hosts. Decode reads what a host sends to its hook into one
// Payload; Encode turns an Answer into what that host's hook must print and how it must exit. The only
// dialect today is Claude Code's ("claude"), all 30 events of version 2.1.197.
//
// Decode is strict about the form and tolerant about the content. Bytes that two readers could read in two
// ways are refused: anything but one JSON object, invalid UTF-8, a key given twice, too large, too deep.
// An event, tool or field it has never heard of is kept and marked (Payload.Known is false), so that the
// decision asks. A field of the wrong type is named in Payload.Odd and counts as unknown too.
//
// The package decides nothing, does no I/O, and links into writ-hook: standard library, event and verdict only.
package hook

import "errors"

// Claude is the host name of Claude Code.
const Claude = "claude"

// Limits of a payload. A host's own payloads stay far below both.
const (
	MaxPayload = 8 << 20 // bytes
	maxDepth   = 512     // nested objects and arrays
)

// Errors of Decode, for callers who tell them apart. Each of them means: deny.
var (
	ErrHost      = errors.New("unknown host")
	ErrTooLarge  = errors.New("payload too large")
	ErrMalformed = errors.New("malformed payload")
	ErrAmbiguous = errors.New("ambiguous payload")
)
