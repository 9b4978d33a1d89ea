package sandbox

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"writ/internal/level"
)

// Every thread of the init has given everything up, not only the one that starts commands; and what commands could
// gain is nothing.
func TestEveryThread(t *testing.T) {
	for _, l := range []level.Level{level.Landlock, level.Full} {
		s := begin(t, Profile{}, l)
		files, err := filepath.Glob("/proc/" + strconv.Itoa(s.PID()) + "/task/*/status")
		if err != nil || len(files) < 2 {
			t.Fatalf("%v: threads %q, %v", l, files, err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			given(t, l, string(b), "NoNewPrivs:\t1", "Seccomp:\t2", "CapPrm:\t0+", "CapEff:\t0+", "CapInh:\t0+", "CapAmb:\t0+")
		}
		out := s.sh(t, "cat /proc/self/status").out
		given(t, l, out, "NoNewPrivs:\t1", "Seccomp:\t2", "CapPrm:\t0+", "CapEff:\t0+", "CapInh:\t0+", "CapAmb:\t0+")
		if l == level.Full || os.Geteuid() == 0 { // else there was no right to drop any
			given(t, l, out, "CapBnd:\t0+")
		}
	}
}

func given(t *testing.T, l level.Level, status string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !regexp.MustCompile("(?m)^" + line + "$").MatchString(status) {
			t.Errorf("%v: want %s in\n%s", l, line, status)
		}
	}
}
