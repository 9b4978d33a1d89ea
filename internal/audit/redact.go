package audit

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// Redact replaces what looks like a secret in free text by [redacted:kind]: keys and tokens of known
// shapes, Authorization headers, credentials in URLs, private key blocks, values given to names such as
// password or token, and long random-looking strings. Digests and commit ids (pure hex) and UUIDs stay.
// It is a net with holes: inputs are not stored at all for that reason. Redact(Redact(s)) == Redact(s).
func Redact(s string) string {
	if !suspicious(s) {
		return s
	}
	for _, r := range redactions {
		s = r.find.ReplaceAllString(s, r.with)
	}
	s = redactAssignments(s)
	return redactRandom(s)
}

// redactions are the shapes with a fixed form, the most specific first.
var redactions = []struct {
	find *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z0-9 ]*-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z0-9 ]*-----|\z)`), "[redacted:private-key]"},
	{regexp.MustCompile(`(?i)(\b[a-z][a-z0-9+.-]{0,20}://)[^\s/@:'"\[]*:[^\s/@'"\[]+@`), "$1[redacted:url-credentials]@"},
	{regexp.MustCompile(`(?i)\b((?:proxy-)?authorization|x-api-key|x-auth-token|x-vault-token|x-amz-security-token|private-token|api-key|(?:set-)?cookie)(["']?\s*:\s*["']?)[^\s"'\[$][^\r\n"']*`), "$1$2[redacted:header]"},
	{regexp.MustCompile(`(?i)\b(bearer|basic)(\s+)[a-z0-9._~+/=-]{12,}`), "$1$2[redacted:token]"},
	{regexp.MustCompile(`\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b`), "[redacted:aws-key]"},
	{regexp.MustCompile(`\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})`), "[redacted:github-token]"},
	{regexp.MustCompile(`\bglpat-[A-Za-z0-9_-]{16,}`), "[redacted:gitlab-token]"},
	{regexp.MustCompile(`\bxox[abeoprs]-[A-Za-z0-9-]{8,}`), "[redacted:slack-token]"},
	{regexp.MustCompile(`\b[sr]k_(?:live|test)_[A-Za-z0-9]{12,}`), "[redacted:stripe-key]"},
	{regexp.MustCompile(`\bAIza[A-Za-z0-9_-]{30,}`), "[redacted:google-key]"},
	{regexp.MustCompile(`\bsk-[A-Za-z0-9_-]{16,}`), "[redacted:api-key]"},
	{regexp.MustCompile(`\b(?:npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|hf_[A-Za-z0-9]{24,}|dop_v1_[a-f0-9]{32,}|hvs\.[A-Za-z0-9_-]{20,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})`), "[redacted:token]"},
	{regexp.MustCompile(`\bAGE-SECRET-KEY-1[A-Z0-9]{20,}`), "[redacted:age-key]"},
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`), "[redacted:jwt]"},
	{regexp.MustCompile(`(\bcurl\b[^\n|;&]*?\s(?:-u|--user|--proxy-user)[\s=]*["']?[^\s:"'\[]+:)[^\s"'\[]+`), "$1[redacted:password]"},
	{regexp.MustCompile(`(\b(?:mysql|mysqldump|mysqladmin|mariadb|mongosh?|sshpass)\b[^\n|;&]*?\s-p ?["']?)[^\s"'\[-][^\s"']*`), "$1[redacted:password]"},
}

// assignment finds NAME=value, NAME: value, "NAME": "value" and --name value for names that speak of
// secrets. Group 1 is everything before the value, group 2 the value.
var assignment = regexp.MustCompile(`(?i)((?:^|[^a-z0-9])[a-z0-9_.-]*(?:password|passwd|passphrase|passwort|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|account[_-]?key|credentials?|auth)(?:[_-][a-z0-9_-]*)?\\?["']?(?:\s*[=:]\s*\\?["']?|\s+["']?))("?[^\s"'\\,;&|<>(){}\[\]]{3,}(?:\\.[^\s"'\\]*)*)`)

// redactAssignments leaves names, references to variables and plain words after a mere blank alone.
func redactAssignments(s string) string {
	at := assignment.FindAllStringSubmatchIndex(s, -1)
	if at == nil {
		return s
	}
	var out strings.Builder
	done := 0
	for _, m := range at {
		before, value := s[m[2]:m[3]], s[m[4]:m[5]]
		if !secretValue(before, value) {
			continue
		}
		out.WriteString(s[done:m[4]])
		out.WriteString("[redacted:value]")
		done = m[5]
	}
	out.WriteString(s[done:])
	return out.String()
}

func secretValue(before, value string) bool {
	switch {
	case value[0] == '$' || value[0] == '@' || strings.HasPrefix(value, "redacted:"):
		return false
	case strings.ContainsAny(before, "=:"):
		return !strings.HasPrefix(value, "//") // the rest of a URL
	default: // "--token VALUE" is a value, "the token expired" is prose
		name := strings.TrimLeft(before, " \t\n\"'`(")
		return strings.HasPrefix(name, "-") && value[0] != '-'
	}
}

// redactRandom replaces long runs that look random: letters of both cases and digits, changing often.
func redactRandom(s string) string {
	var out strings.Builder
	done := 0
	for i := 0; i < len(s); {
		if !tokenByte[s[i]] {
			i++
			continue
		}
		end := i
		for end < len(s) && tokenByte[s[end]] {
			end++
		}
		if looksRandom(s[i:end]) {
			out.WriteString(s[done:i])
			out.WriteString("[redacted:random]")
			done = end
		}
		i = end
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

// looksRandom holds for base64 and base62 of 20 characters and more. In random text the class of character
// changes at about six of ten places; in camelCase words with numbers at three.
func looksRandom(run string) bool {
	if len(run) < 20 {
		return false
	}
	var lower, upper, digit, changes int
	last := byte(0)
	for i := 0; i < len(run); i++ {
		class := byte(3)
		switch c := run[i]; {
		case c >= 'a' && c <= 'z':
			class, lower = 0, lower+1
		case c >= 'A' && c <= 'Z':
			class, upper = 1, upper+1
		case c >= '0' && c <= '9':
			class, digit = 2, digit+1
		}
		if i > 0 && class != last {
			changes++
		}
		last = class
	}
	return lower > 0 && upper > 0 && digit > 0 && changes*20 >= len(run)*9
}

// tokenByte marks the characters of which tokens are made ('/' and '.' belong to paths and names).
var tokenByte = func() (t [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_=-") {
		t[c] = true
	}
	return t
}()

// suspicious is the cheap first look, one pass, since nearly every text has nothing to redact: it holds
// for every text that one of the rules could change.
func suspicious(s string) bool {
	run := 0
	for i := 0; i < len(s); i++ {
		if tokenByte[s[i]] {
			if run++; run >= 16 {
				return true
			}
		} else {
			run = 0
		}
		var words []string
		switch s[i] | 0x20 {
		case 'p':
			words = []string{"pass", "pwd", "pypi-", "private"}
		case 's':
			words = []string{"secret", "sk-", "sk_", "sg.", "sshpass"}
		case 't':
			words = []string{"token"}
		case 'k':
			words = []string{"key"}
		case 'a':
			words = []string{"auth"}
		case 'c':
			words = []string{"cred", "cookie", "curl"}
		case 'b':
			words = []string{"bearer", "basic", "begin"}
		case 'm':
			words = []string{"mysql", "mongo", "maria"}
		case 'x':
			words = []string{"xox"}
		case 'g':
			words = []string{"glpat"}
		case ':' | 0x20:
			words = []string{"://"}
		}
		for _, w := range words {
			if len(s)-i >= len(w) && strings.EqualFold(s[i:i+len(w)], w) {
				return true
			}
		}
	}
	return false
}

// redactValue redacts every string in a value made of maps, lists and scalars; deep nesting is cut.
func redactValue(v any, depth int) any {
	if depth > 8 {
		return "[cut: nested too deeply]"
	}
	switch v := v.(type) {
	case string:
		return cut(Redact(v))
	case []string:
		out := make([]string, len(v))
		for i, s := range v {
			out[i] = cut(Redact(s))
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = redactValue(e, depth+1)
		}
		return out
	case map[string]string:
		out := make(map[string]string, len(v))
		for k, s := range v {
			out[k] = redactNamed(k, s).(string)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			if s, ok := e.(string); ok {
				out[k] = redactNamed(k, s)
				continue
			}
			out[k] = redactValue(e, depth+1)
		}
		return out
	case nil, bool, int, int64, uint64, float64, json.Number:
		return v
	}
	return redactForeign(v, depth)
}

// redactForeign brings other types (structs, named strings, raw JSON) into the shapes above first.
func redactForeign(v any, depth int) any {
	text, err := json.Marshal(v)
	if err != nil {
		return "[left out: " + err.Error() + "]"
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var plain any
	if err := d.Decode(&plain); err != nil {
		return "[left out: " + err.Error() + "]"
	}
	return redactValue(plain, depth+1)
}

// redactNamed redacts the string value of a named field: the name may say that it is a secret.
func redactNamed(name, value string) any {
	if value == "" {
		return value
	}
	if head := name + "="; redactAssignments(head+"valuevalue") != head+"valuevalue" {
		return "[redacted:value]"
	}
	return cut(Redact(value))
}
