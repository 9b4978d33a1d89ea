package audit

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestTornTail(t *testing.T) {
	for _, torn := range []string{"{", `{"seq":6,"prev":"00`, strings.Repeat("\x00", 4096)} {
		a := at(t.TempDir())
		a.write(t, 5, Options{})
		appendTo(t, segmentPath(a.log(), 0), torn)
		if r := a.verify(t, nil); !r.OK || r.Unfinished != len(torn) {
			t.Errorf("verify before recovery: %+v", r)
		}
		a.write(t, 1, Options{})
		if r := a.verify(t, nil); !r.OK || r.Size != 8 || r.Unfinished != 0 {
			t.Errorf("verify after recovery: %+v, want 8 records: head, 5, recovery, 1", r)
		}
		got := a.records(t, Filter{Kinds: []Kind{KindLog}})
		if len(got) != 1 || got[0].Data["event"] != "recovery" || got[0].Data["cut_bytes"] != float64(len(torn)) {
			t.Errorf("recovery record: %+v", got)
		}
	}
}

func appendTo(t testing.TB, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// A damaged log is evidence: Open refuses it and changes nothing.
func TestOpenRefusesDamage(t *testing.T) {
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			a := at(t.TempDir())
			a.write(t, 20, Options{})
			damage(t, a)
			before := treeOf(t, a.log())
			l, err := Open(a.log(), a.keys(), Options{})
			if err == nil {
				l.Close()
			}
			if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "writ audit verify") {
				t.Errorf("Open: %v, want ErrDamaged with what to do", err)
			}
			if after := treeOf(t, a.log()); !reflect.DeepEqual(before, after) {
				t.Error("Open changed a damaged log")
			}
			if r := a.verify(t, nil); r.OK || r.Problem == nil {
				t.Errorf("verify: %+v, want a problem", r)
			}
		})
	}
}

var damages = map[string]func(t testing.TB, a at){
	"edit": func(t testing.TB, a at) {
		editLines(t, a, func(l []string) []string { l[7] = strings.Replace(l[7], "echo", "ECHO", 1); return l })
	},
	"delete": func(t testing.TB, a at) {
		editLines(t, a, func(l []string) []string { return append(l[:7], l[8:]...) })
	},
	"repeat": func(t testing.TB, a at) {
		editLines(t, a, func(l []string) []string { return append(l[:8:8], l[7:]...) })
	},
	"swap": func(t testing.TB, a at) {
		editLines(t, a, func(l []string) []string { l[7], l[8] = l[8], l[7]; return l })
	},
	"cut": func(t testing.TB, a at) { editLines(t, a, func(l []string) []string { return l[:15] }) },
	"last": func(t testing.TB, a at) {
		editLines(t, a, func(l []string) []string { l[20] = strings.Replace(l[20], "echo", "ECHO", 1); return l })
	},
	"blank":  func(t testing.TB, a at) { editLines(t, a, func(l []string) []string { l[3] = ""; return l }) },
	"empty":  func(t testing.TB, a at) { editLines(t, a, func([]string) []string { return nil }) },
	"forget": func(t testing.TB, a at) { remove(t, filepath.Join(a.log(), checkpointFile)) },
	"resign": func(t testing.TB, a at) {
		remove(t, a.keys())
		other := at(t.TempDir())
		other.write(t, 20, Options{})
		moveKeys(t, other, a)
	},
	"replace": func(t testing.TB, a at) {
		other := at(t.TempDir())
		other.write(t, 20, Options{})
		moveLog(t, other, a)
	},
	"gone": func(t testing.TB, a at) { remove(t, segmentPath(a.log(), 0)) },
}

func editLines(t testing.TB, a at, edit func([]string) []string) {
	t.Helper()
	path := segmentPath(a.log(), 0)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := edit(strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"))
	out := strings.Join(lines, "\n")
	if len(lines) > 0 {
		out += "\n"
	}
	if err := os.WriteFile(path, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t testing.TB, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

func moveKeys(t testing.TB, from, to at) {
	t.Helper()
	if err := os.Rename(from.keys(), to.keys()); err != nil {
		t.Fatal(err)
	}
}

// moveLog puts another log's segment in place, keeping checkpoint and keys.
func moveLog(t testing.TB, from, to at) {
	t.Helper()
	if err := os.Rename(segmentPath(from.log(), 0), segmentPath(to.log(), 0)); err != nil {
		t.Fatal(err)
	}
}

// treeOf reads every file of a folder.
func treeOf(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = string(text)
	}
	return out
}
