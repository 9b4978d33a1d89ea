package catalog

import "strings"

// credentialWords are parts of names and patterns that stand for credentials.
var credentialWords = []string{"password", "passwd", "passw", "secret", "api_key", "apikey", "api-key", "api.?key", "api[_", "token", "private key", "private_key", "privatekey", "credential",
	"aws_access", "aws_secret", "access_key", "accesskey", "akia", "ghp_", "github_pat", "sk-", "xox", "begin rsa", "begin openssh", "begin private", "begin.*private", "bearer ", "auth_token", "client_secret", "connection_string"}

// secretPattern tells whether a search pattern looks for credentials.
func secretPattern(p string) bool {
	p = strings.ToLower(p)
	for _, w := range credentialWords {
		if strings.Contains(p, w) {
			return true
		}
	}
	return false
}

// CredentialPattern tells whether a search pattern looks for credentials, for those who read pipes.
func CredentialPattern(p string) bool {
	return secretPattern(p) || secretPattern(p+"_") || credentialName(p) || wideKeys[strings.ToLower(p)]
}

// wideKeys are patterns so short that names of credentials are among what they find.
var wideKeys = nameSet("key keys pass pwd auth cred creds api aws gcp azure github gitlab npm anthropic openai claude db database mysql postgres redis jwt session cookie private ssh .* . = _")
