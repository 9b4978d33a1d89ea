package catalog

import "testing"

func TestLookalike(t *testing.T) {
	for name, want := range map[string]bool{
		"requests": false, "reqeusts": true, "requestss": true, "request": false, "lodash": false, "lodahs": true, "preact": false, "left-pad": false, "react": false, "react-dom": false, "color": false,
		"@anthropic-ai/claude-code": false, "@antrhopic-ai/claude-code": true, "@modelcontextprotocol/server-x": false, "ms-python.python": false,
		"somebody.clinne": true, "expres@4": true, "": false,
	} {
		if got := lookalike(name); got != want {
			t.Errorf("lookalike(%q) = %v, want %v", name, got, want)
		}
	}
}
