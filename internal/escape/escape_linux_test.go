package escape

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"writ/internal/level"
)

// tableVar makes the suite print its table: `make escape` sets it.
const tableVar = "WRIT_ESCAPE_TABLE"

// Words of the table.
const (
	through = "through"
	held    = "held"
	none    = "n/a"
)

// TestEscape runs every probe at every level as the user who runs the test.
func TestEscape(t *testing.T) {
	if raced {
		t.Skip("the probes are other programs: the run without the race detector is the one that tells")
	}
	if os.Getuid() == 0 {
		prepareRoot(t)
	}
	rows := allRows()
	if only := os.Getenv("WRIT_ESCAPE_ROW"); only != "" {
		rows = slices.DeleteFunc(rows, func(r row) bool { return r.name != only })
	}
	table := make([]map[level.Level]string, len(rows))
	why := make([]string, len(rows))
	for i := range rows {
		table[i] = map[level.Level]string{}
	}
	for _, l := range levels {
		a := newArena(t, l)
		for i, r := range rows {
			if reason := skipped(r); reason != "" {
				table[i][l], why[i] = none, reason
				continue
			}
			began := time.Now()
			got, w := a.judge(r)
			if took := time.Since(began); took > 200*time.Millisecond {
				t.Logf("%-24s at level %-8s took %v", r.name, title(l), took.Round(time.Millisecond))
			}
			switch {
			case got:
				table[i][l] = through
			case l == level.Observe && r.none != "":
				table[i][l], why[i] = none, r.none
			default:
				table[i][l] = held
			}
			check(t, r, l, got, w, table[i][level.Observe] == none)
		}
		if a.s != nil {
			a.s.Close()
		}
	}
	if os.Getenv(tableVar) != "" {
		print(os.Stdout, rows, table, why)
	}
}

func skipped(r row) string {
	if r.skip == nil {
		return ""
	}
	return r.skip()
}

// check holds one outcome to what is promised.
func check(t *testing.T, r row, l level.Level, got bool, w word, na bool) {
	t.Helper()
	want := r.fair || l == level.Observe || l == level.Landlock && r.landlock != ""
	if r.fair && l == level.Landlock && r.landlock == "-" {
		want = false // needs what only namespaces give
	}
	if na && l != level.Full {
		return // it does not work here anyway; still, level full may not let it through
	}
	if got != want {
		t.Errorf("%-24s at level %-8s got through: %v, want %v: %s", r.name, title(l), got, want, strings.TrimSpace(w.out))
	}
}

func print(out io.Writer, rows []row, table []map[level.Level]string, why []string) {
	fmt.Fprintf(out, "\n%-24s %-9s %-9s %-9s   (uid %d)\n", "probe", "none", "landlock", "full", os.Getuid())
	count := map[level.Level]map[string]int{}
	fair := 0
	for i, r := range rows {
		note := ""
		switch {
		case why[i] != "":
			note = "not applicable: " + why[i]
		case r.fair:
			note, fair = "legitimate", fair+1
		case r.landlock != "":
			note = "landlock: " + r.landlock
		}
		fmt.Fprintf(out, "%-24s %-9s %-9s %-9s   %s\n", r.name, table[i][level.Observe], table[i][level.Landlock], table[i][level.Full], note)
		for l, s := range table[i] {
			if count[l] == nil {
				count[l] = map[string]int{}
			}
			count[l][s]++
		}
	}
	for _, s := range []string{through, held, none} {
		fmt.Fprintf(out, "%-24s %-9d %-9d %-9d\n", "= "+s, count[level.Observe][s], count[level.Landlock][s], count[level.Full][s])
	}
	fmt.Fprintf(out, "%d probes, %d of them legitimate\n", len(rows), fair)
}

// TestEscapeUnprivileged runs the same as a user without rights, when the test is run by root.
func TestEscapeUnprivileged(t *testing.T) {
	if raced {
		t.Skip("the probes are other programs: the run without the race detector is the one that tells")
	}
	if os.Getuid() != 0 {
		t.Skip("TestEscape has run without rights already")
	}
	prepareRoot(t)
	own := filepath.Join(base, "u")
	if err := os.Mkdir(own, 0o755); err != nil {
		t.Fatal(err)
	}
	self := filepath.Join(base, "bin", "escape.test")
	copyFile(t, "/proc/self/exe", self, 0o755)
	for _, name := range []string{"bin", "root"} {
		if err := os.Symlink(filepath.Join(base, name), filepath.Join(own, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(own, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestEscape$", "-test.count=1")
	cmd.Dir = own
	cmd.Env = append(os.Environ(), dirVar+"="+own, "HOME="+own, "TMPDIR=/tmp")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if os.Getenv(tableVar) != "" {
		os.Stdout.Write(out)
	}
	if err != nil {
		t.Fatalf("as uid 65534: %v\n%s", err, out)
	}
}

// prepareRoot makes what only root can make: programs with rights of their own, and files that need them.
func prepareRoot(t *testing.T) {
	t.Helper()
	dir := filepath.Join(base, "root")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{"secret": 0o600, "of-group": 0o040} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(secret), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	const group = 4242
	if err := os.Chown(filepath.Join(dir, "of-group"), 65534, group); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setgroups([]int{0, group}); err != nil {
		t.Fatal(err)
	}
	copyFile(t, program("probe"), filepath.Join(dir, "suid"), 0o4755)
	copyFile(t, program("probe"), filepath.Join(dir, "caps"), 0o755)
	caps := []byte{1, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0} // version 2, effective: CAP_DAC_OVERRIDE
	if err := unix.Setxattr(filepath.Join(dir, "caps"), "security.capability", caps, 0); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string, mode os.FileMode) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o755); err != nil {
		t.Fatal(err)
	}
	if mode&0o4000 != 0 {
		mode = mode&0o777 | os.ModeSetuid
	}
	if err := os.Chmod(to, mode); err != nil {
		t.Fatal(err)
	}
}
