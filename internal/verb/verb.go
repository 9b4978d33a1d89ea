// Package verb knows what the words of control planes mean: delete, describe, put-bucket-policy, dropIndex.
// Command lines (package catalog) and calls of client libraries (package inline) share it, so that
// `gcloud sql instances delete` and client.delete_instance are read alike. It is a pure table of words.
package verb

import "strings"

// Class is what an operation does.
type Class uint8

// Classes, from the harmless to the grave. Unknown is no verb at all.
const (
	Unknown Class = iota
	Read          // shows, lists, checks
	Create        // adds
	Change        // alters what exists
	Disrupt       // stops, moves or reaches into what runs
	Destroy       // takes away
	Grant         // rights, keys, sharing
	Off           // a safety control is switched off
	Secret        // credentials are shown or made
)

// Of classes one word that is a verb by itself ("delete", "ls"); Unknown for every other word.
func Of(word string) Class { return words[strings.ToLower(word)] }

// Split takes a compound apart: "delete-db-instance", "deleteIndex", "delete_queue", "apps:destroy" and
// "RemoveRole" become lower-case words in order.
func Split(op string) []string {
	var out []string
	start := 0
	flush := func(end int) {
		if end > start {
			out = append(out, strings.ToLower(op[start:end]))
		}
	}
	for i := 0; i < len(op); i++ {
		c := op[i]
		switch {
		case c == '-' || c == '_' || c == ':' || c == '.' || c == '/':
			flush(i)
			start = i + 1
		case isUpper(c) && i > start && !isUpper(op[i-1]):
			flush(i)
			start = i
		}
	}
	flush(len(op))
	return out
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// Operation classes a compound by its first verb and by what it names: "delete-trail" switches a control
// off, "put-bucket-policy" grants, "get-secret-value" shows a secret, "batch-delete-image" destroys.
func Operation(op string) Class {
	parts := Split(op)
	for i, p := range parts {
		if p == "batch" || p == "bulk" || p == "admin" || p == "force" || p == "async" {
			continue
		}
		c := Of(p)
		if c == Unknown {
			return Unknown
		}
		return weigh(c, p, parts[i+1:])
	}
	return Unknown
}

// weigh looks at the object of the verb: the same verb is graver on a control, a right or a secret.
func weigh(c Class, verb string, object []string) Class {
	switch {
	case c == Destroy && anyOf(object, controls), verb == "stop" && anyOf(object, controls):
		return Off
	case c == Read && verb != "list" && verb != "describe" && secretObject(object):
		return Secret
	case c == Create && secretObject(object):
		return Secret
	case (c == Create || c == Change || c == Disrupt) && anyOf(object, rights):
		return Grant
	}
	return c
}

func secretObject(object []string) bool {
	joined := strings.Join(object, " ")
	for _, s := range secretNames {
		if strings.Contains(joined, s) && !strings.Contains(joined, "metadata") && !strings.Contains(joined, "policy") {
			return true
		}
	}
	return false
}

func anyOf(object []string, set map[string]bool) bool {
	for _, o := range object {
		if set[o] || set[strings.TrimSuffix(o, "s")] {
			return true
		}
	}
	return false
}

// IsObject tells whether a word names a safety control (trail, alarm, backup policy …).
func IsControl(word string) bool { return anyOf([]string{strings.ToLower(word)}, controls) }

// IsRight tells whether a word names rights or who holds them (policy, role, acl …).
func IsRight(word string) bool { return anyOf([]string{strings.ToLower(word)}, rights) }
