package catalog

import "strings"

// secretPrefixes begin tokens of well-known makers.
var secretPrefixes = strings.Fields(`AKIA ASIA ghp_ gho_ ghs_ ghr_ ghu_ github_pat_ glpat- sk-ant- sk-proj- sk_live_ rk_live_ xoxb- xoxp- xoxa- xoxs- AIza ya29. npm_ pypi- dop_v1_ hf_ SG. eyJhbGciOi`)

// secretText tells whether text holds something that has the form of a credential.
func secretText(text string) bool {
	for _, prefix := range secretPrefixes {
		if i := strings.Index(text, prefix); i >= 0 && tokenLength(text[i:]) >= len(prefix)+12 {
			return true
		}
	}
	return strings.Contains(text, "-----BEGIN") && strings.Contains(text, "PRIVATE KEY")
}

func tokenLength(s string) int {
	n := 0
	for n < len(s) && (isLetter(s[n]) || '0' <= s[n] && s[n] <= '9' || s[n] == '_' || s[n] == '-' || s[n] == '.') {
		n++
	}
	return n
}
