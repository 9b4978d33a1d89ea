package command

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"writ/internal/effect"
)

// testEnv is a developer's session without a tree to look at.
func testEnv() Env {
	return Env{Cwd: "/home/dev/app", Project: "/home/dev/app", Home: "/home/dev",
		Vars: map[string]string{"HOME": "/home/dev", "USER": "dev"}}
}

// onDisk makes a real tree from a list of files ("name" → content; "name" → "-> target" makes a link) and
// gives a session that stands in it.
func onDisk(t *testing.T, files map[string]string) (Env, string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			if err := os.Symlink(target, p); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(p, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	env := testEnv()
	env.Cwd, env.Project, env.Disk = dir, dir, OSDisk{}
	return env, dir
}

// render writes an effect as "kind object +flag …", the form that the tables use.
func render(e effect.Effect) string {
	object := e.Path
	if object == "" {
		object = e.Host
	}
	if object == "" {
		object = e.Target
	}
	parts := []string{string(e.Kind)}
	if object != "" {
		parts = append(parts, object)
	}
	for _, f := range e.Flags {
		parts = append(parts, "+"+f)
	}
	return strings.Join(parts, " ")
}

// matches tells whether an effect is the wanted one: same kind, same object where one is wanted, all wanted flags.
func matches(e effect.Effect, want string) bool {
	words := strings.Fields(want)
	if string(e.Kind) != words[0] {
		return false
	}
	for _, w := range words[1:] {
		if flag, ok := strings.CutPrefix(w, "+"); ok {
			if !e.Has(flag) {
				return false
			}
			continue
		}
		if zone, ok := strings.CutPrefix(w, "@"); ok {
			if !e.In(zone) {
				return false
			}
			continue
		}
		if via, ok := strings.CutPrefix(w, "%"); ok {
			if !slices.Contains(e.Via, via) {
				return false
			}
			continue
		}
		if e.Path != w && e.Host != w && e.Target != w {
			return false
		}
	}
	return true
}

// row is one line and what must be, and must not be, among its effects. A name in not that ends in "." stands
// for every kind of that group; "*" stands for anything but exec and reads.
type row struct {
	line string
	want []string
	not  []string
}

func w(wants ...string) []string { return wants }

// quiet are the kinds that an ordinary, harmless command may have.
var quiet = []effect.Kind{effect.Exec, effect.FSRead, effect.FSList, effect.ExecInline, effect.GitCommit}

func runRows(t *testing.T, env Env, rows []row) {
	t.Helper()
	for _, row := range rows {
		res := Read(context.Background(), row.line, env)
		for _, want := range row.want {
			if !slices.ContainsFunc(res.Effects, func(e effect.Effect) bool { return matches(e, want) }) {
				t.Errorf("%s\n\tgot  %s\n\twant %s", row.line, renderAll(res), want)
			}
		}
		for _, e := range res.Effects {
			for _, not := range row.not {
				bad := not == "*" && !slices.Contains(quiet, e.Kind) && !e.Has("minor") ||
					strings.HasSuffix(not, ".") && strings.HasPrefix(string(e.Kind), not) ||
					not != "*" && matches(e, not)
				if bad {
					t.Errorf("%s\n\tgot  %s\n\twant no %s", row.line, renderAll(res), not)
				}
			}
		}
	}
}

func renderAll(res Result) string {
	var all []string
	for _, e := range res.Effects {
		s := render(e)
		if e.Reason != "" {
			s += " (" + e.Reason + ")"
		}
		all = append(all, s)
	}
	return "[" + strings.Join(all, "; ") + "]"
}

// noDisk is a Disk on which nothing exists.
type noDisk struct{}

func (noDisk) Lstat(string) (fs.FileInfo, error)      { return nil, fs.ErrNotExist }
func (noDisk) Readlink(string) (string, error)        { return "", fs.ErrNotExist }
func (noDisk) ReadFile(string, int64) ([]byte, error) { return nil, fs.ErrNotExist }
func (noDisk) Glob(string) ([]string, error)          { return nil, errors.New("nothing") }
