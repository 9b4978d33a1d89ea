package claude

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"writ/internal/home"
)

// place is a writ home and a project with a settings file, absent when text is "-".
func place(t *testing.T, text string) (home.Home, string) {
	t.Helper()
	dir := t.TempDir()
	h := home.Home(filepath.Join(dir, ".writ"))
	path := filepath.Join(dir, "repo", ".claude", "settings.local.json")
	if err := h.Ensure(); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "repo"), 0o755); err != nil {
		t.Fatal(err)
	}
	if text != "-" {
		put(t, path, text)
	}
	return h, path
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

func install(t *testing.T, h home.Home, path string) *Change {
	t.Helper()
	c, err := Plan(h, Project, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Install(h); err != nil {
		t.Fatal(err)
	}
	return c
}

func uninstall(t *testing.T, h home.Home, path string) *Change {
	t.Helper()
	c, err := PlanRemoval(h, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Uninstall(h); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestInstallAndUninstallByteForByte(t *testing.T) {
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			h, path := place(t, text)
			if c := install(t, h, path); c.Diff == "" {
				t.Fatal("no diff")
			}
			if c := install(t, h, path); c.Diff != "" {
				t.Errorf("a second time changes:\n%s", c.Diff)
			}
			uninstall(t, h, path)
			got, err := os.ReadFile(path)
			if err != nil || string(got) != text {
				t.Errorf("got %q, %v; want %q", got, err, text)
			}
			if fi, _ := os.Stat(path); fi.Mode().Perm() != 0o640 {
				t.Errorf("mode became %v", fi.Mode())
			}
			if _, err := PlanRemoval(h, path); !errors.Is(err, ErrNotInstalled) {
				t.Errorf("after removal: %v; want ErrNotInstalled", err)
			}
		})
	}
}

func TestInstallWhereNothingWas(t *testing.T) {
	h, path := place(t, "-")
	install(t, h, path)
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	if c := uninstall(t, h, path); !c.Removed {
		t.Error("the made file was not removed")
	}
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the made folder is still there: %v", err)
	}
}

func TestDryRunWritesNothing(t *testing.T) {
	h, path := place(t, "{}")
	before := tree(t, filepath.Dir(string(h)))
	c, err := Plan(h, Project, path)
	if err != nil || !strings.Contains(c.Diff, "+") || !strings.Contains(c.Diff, "writ-hook") {
		t.Fatalf("got %v, diff:\n%s", err, c.Diff)
	}
	if after := tree(t, filepath.Dir(string(h))); after != before {
		t.Errorf("changed:\n%s\nto:\n%s", before, after)
	}
}

func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		b.WriteString(p + "\n")
		if err == nil && d.Type().IsRegular() {
			data, _ := os.ReadFile(p)
			b.Write(data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestUninstallKeepsLaterChanges(t *testing.T) {
	h, path := place(t, "{\n  \"model\": \"a\"\n}\n")
	install(t, h, path)
	text, _ := os.ReadFile(path)
	put(t, path, strings.Replace(string(text), `"model": "a"`, `"model": "b", "mine": [1]`, 1))
	if c := uninstall(t, h, path); !c.Drifted {
		t.Error("the change was not noticed")
	}
	got, _ := os.ReadFile(path)
	if want := "{\n  \"model\": \"b\", \"mine\": [1]\n}\n"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestInstallAgainAfterTheWiringWasRemoved(t *testing.T) {
	h, path := place(t, "{}")
	install(t, h, path)
	put(t, path, `{"model": "x"}`)
	if c := install(t, h, path); !c.Drifted || c.Diff == "" {
		t.Errorf("drifted %v, diff %q", c.Drifted, c.Diff)
	}
	uninstall(t, h, path)
	if got, _ := os.ReadFile(path); string(got) != `{"model": "x"}` {
		t.Errorf("got %q", got)
	}
}

func TestWhatDoesNotParseIsLeftAlone(t *testing.T) {
	for _, text := range []string{"", "{ // comment\n}", "[]", "{\"hooks\": 7}", "\xef\xbb\xbf{}"} {
		h, path := place(t, text)
		if c, err := Plan(h, Project, path); err == nil {
			t.Errorf("%q: planned %s", text, c.Diff)
		}
		got, _ := os.ReadFile(path)
		if string(got) != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestAFileChangedMeanwhileIsNotClobbered(t *testing.T) {
	h, path := place(t, "{}")
	c, err := Plan(h, Project, path)
	if err != nil {
		t.Fatal(err)
	}
	put(t, path, `{"other":1}`)
	if err := c.Install(h); !errors.Is(err, ErrChanged) {
		t.Errorf("got %v, want ErrChanged", err)
	}
	if got, _ := os.ReadFile(path); string(got) != `{"other":1}` {
		t.Errorf("became %q", got)
	}
}

func TestSymlinksStay(t *testing.T) {
	h, path := place(t, "-")
	dots := filepath.Join(t.TempDir(), "dots")
	put(t, filepath.Join(dots, "real.json"), "{}\n")
	claudeDir := filepath.Dir(path)
	if err := os.Symlink(dots, claudeDir); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real.json", path); err != nil {
		t.Fatal(err)
	}
	install(t, h, path)
	got, _ := os.ReadFile(filepath.Join(dots, "real.json"))
	if !bytes.Contains(got, []byte("writ-hook")) {
		t.Errorf("the real file is %q", got)
	}
	uninstall(t, h, path)
	got, _ = os.ReadFile(filepath.Join(dots, "real.json"))
	for _, link := range []string{claudeDir, path} {
		if fi, err := os.Lstat(link); err != nil || fi.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s is no symlink any more", link)
		}
	}
	if string(got) != "{}\n" {
		t.Errorf("got %q", got)
	}
}

func TestDanglingAndOpenFoldersAreRefused(t *testing.T) {
	h, path := place(t, "-")
	if err := os.Symlink(filepath.Join(t.TempDir(), "gone"), filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	if _, err := Plan(h, Project, path); err == nil {
		t.Error("planned through a dangling folder")
	}
	h, path = place(t, "{}")
	if err := os.Chmod(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Plan(h, Project, path); err == nil || !strings.Contains(err.Error(), "everybody") {
		t.Errorf("planned in a folder that everybody may write: %v", err)
	}
}

func TestInstallPrograms(t *testing.T) {
	h, _ := place(t, "-")
	src := t.TempDir()
	if err := InstallPrograms(h, filepath.Join(src, "writ")); err == nil {
		t.Error("installed what is not there")
	}
	put(t, filepath.Join(src, "writ"), "W1")
	put(t, filepath.Join(src, "writ-hook"), "H1")
	put(t, filepath.Join(src, "writ-exec"), "E1")
	for _, want := range []string{"H1", "H2"} {
		put(t, filepath.Join(src, "writ-hook"), want)
		if err := InstallPrograms(h, filepath.Join(src, "writ")); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(h.Bin(), HookName))
		fi, _ := os.Stat(filepath.Join(h.Bin(), HookName))
		if err != nil || string(got) != want || fi.Mode().Perm() != 0o755 {
			t.Errorf("got %q, %v, %v", got, err, fi.Mode())
		}
	}
}
