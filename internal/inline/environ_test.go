package inline

import (
	"testing"

	"writ/internal/effect"
)

func TestTheWholeEnvironmentIsShown(t *testing.T) {
	for _, row := range []struct {
		lang, code string
		want       bool
	}{
		{"python", "import os\nprint(os.environ)", true},
		{"python", "import os\nprint(os.environ.get('PATH'))", false},
		{"python", "print('os.environ')", false},
		{"node", "console.log(process.env)", true},
		{"node", "console.log(process.env.PATH)", false},
	} {
		got := false
		for _, e := range Read(row.lang, row.code).Effects {
			got = got || e.Kind == effect.SecretRead && e.Has("env")
		}
		if got != row.want {
			t.Errorf("%s %q: got %v, want %v", row.lang, row.code, got, row.want)
		}
	}
}
