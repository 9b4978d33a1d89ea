package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"writ/internal/level"
)

// files writes a tree: content by name.
func files(t *testing.T, root string, tree map[string]string) {
	t.Helper()
	for name, content := range tree {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// listing is a tree as text: name, mode and content of each file.
func listing(t *testing.T, root string) string {
	t.Helper()
	var out []string
	err := filepath.Walk(root, func(path string, fi os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%s %v", strings.TrimPrefix(path, root), fi.Mode())
		if fi.Mode().IsRegular() {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			line += " " + string(b)
		}
		out = append(out, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, "\n")
}

func (c Commit) String() string {
	return fmt.Sprintf("taken %q removed %q refused %q", c.Taken, c.Removed, c.Refused)
}

func commit(t *testing.T, s *Sandbox) Commit {
	t.Helper()
	c, err := s.Commit()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// onView starts a sandbox with single files claimed by copy-on-write.
func onView(t *testing.T, root string, claims ...string) *Sandbox {
	t.Helper()
	p := Profile{Root: root, Missing: MissingOverlay}
	for _, c := range claims {
		p.Write = append(p.Write, filepath.Join(root, c))
	}
	return begin(t, p, level.Full)
}

// Single files can be made, replaced and removed as tools do it; outside nothing shows before the commit.
func TestOverlay(t *testing.T) {
	for _, folder := range []string{"plain", `odd, na:me\ "x"`} {
		t.Run(folder, func(t *testing.T) {
			root := filepath.Join(project(t), folder)
			files(t, root, map[string]string{"a.txt": "old\n", "b.txt": "b\n", "gone.txt": "x\n", "sub/c.txt": "c\n"})
			before := listing(t, root)
			s := onView(t, root, "a.txt", "new.txt", "gone.txt", "sub/deep/er/x.txt")
			r := s.sh(t, "sed -i s/old/new/ a.txt && echo n > tmp && mv tmp new.txt && chmod 755 new.txt && rm gone.txt && mkdir -p sub/deep/er && echo x > sub/deep/er/x.txt && cat a.txt")
			if r.Code != 0 || r.out != "new\n" {
				t.Fatalf("inside: %+v", r)
			}
			if now := listing(t, root); now != before {
				t.Fatalf("outside before the commit:\n%s", now)
			}
			c := commit(t, s)
			slices.Sort(c.Taken)
			if want := []string{root + "/a.txt", root + "/new.txt", root + "/sub/deep/er/x.txt"}; !slices.Equal(c.Taken, want) || !slices.Equal(c.Removed, []string{root + "/gone.txt"}) || len(c.Refused) > 0 {
				t.Fatalf("got %v", c)
			}
			files(t, root+"-want", map[string]string{"a.txt": "new\n", "b.txt": "b\n", "new.txt": "n\n", "sub/c.txt": "c\n", "sub/deep/er/x.txt": "x\n"})
			if err := os.Chmod(root+"-want/new.txt", 0o755); err != nil {
				t.Fatal(err)
			}
			if got, want := listing(t, root), listing(t, root+"-want"); got != want {
				t.Errorf("outside:\n%s\nwant:\n%s", got, want)
			}
			if c := commit(t, s); len(c.Taken)+len(c.Removed)+len(c.Refused) > 0 {
				t.Errorf("nothing changed, and yet %v", c)
			}
			s.sh(t, "echo again >> a.txt; echo back > gone.txt")
			if c := commit(t, s); len(c.Taken) != 2 || len(c.Refused) > 0 {
				t.Errorf("a second change: %v", c)
			}
			if len(s.Claims) != 4 || s.Claims[0].As != MissingOverlay || s.Claims[0].On != root {
				t.Errorf("recorded: %+v", s.Claims)
			}
			base := s.overlays[0].base
			s.Close()
			if _, err := os.Lstat(base); err == nil {
				t.Errorf("%s stays", base)
			}
		})
	}
}

// What nobody claimed stays inside, and holds everything else back until it is put right.
func TestOverlayRefusesAsAWhole(t *testing.T) {
	root := project(t)
	files(t, root, map[string]string{"a.txt": "old\n", "b.txt": "b\n", "dir/c.txt": "c\n"})
	before := listing(t, root)
	s := onView(t, root, "a.txt", "new.txt")
	for _, tc := range []struct{ do, undo, why string }{
		{"echo x > litter", "rm litter", "litter was made"},
		{"echo x >> b.txt", "echo b > b.txt", "b.txt was changed"},
		{"rm b.txt", "echo b > b.txt", "b.txt was removed"},
		{"chmod 777 b.txt", "chmod 644 b.txt", "b.txt was changed"},
		{"chmod 700 dir", "chmod 755 dir", "dir the folder's rights"},
		{"rm -r dir && mkdir dir", "echo c > dir/c.txt", "dir the folder was replaced"},
		{"mkdir made", "rmdir made", "made the folder was made"},
		{"ln -s /etc/passwd new.txt", "rm new.txt", "new.txt is a link"},
		{"mkfifo new.txt", "rm new.txt", "new.txt is a pipe"},
		{"mkdir new.txt", "rmdir new.txt", "new.txt a folder in place"},
		{"ln a.txt second", "rm second", "second was made"},
		{"echo x > new.txt; chmod 4755 new.txt", "rm new.txt", "set to run as its owner"},
	} {
		if r := s.sh(t, "echo new > a.txt; "+tc.do); r.Code != 0 {
			t.Errorf("%s: inside: %+v", tc.do, r)
		}
		c := commit(t, s)
		if got := strings.ReplaceAll(fmt.Sprint(c.Refused), root+"/", ""); len(c.Taken)+len(c.Removed) > 0 || !strings.Contains(got, tc.why) {
			t.Errorf("%s: %v, want %s", tc.do, c, tc.why)
		}
		if now := listing(t, root); now != before {
			t.Fatalf("%s: outside:\n%s", tc.do, now)
		}
		if tc.why == "dir the folder was replaced" { // stays so: a sandbox of its own for the rest
			s.Close()
			if now := listing(t, root); now != before {
				t.Fatalf("after the end:\n%s", now)
			}
			s = onView(t, root, "a.txt", "new.txt")
			continue
		}
		s.sh(t, tc.undo)
	}
	if c := commit(t, s); !slices.Equal(c.Taken, []string{root + "/a.txt"}) || len(c.Refused) > 0 {
		t.Errorf("when all is right: %v", c)
	}
}

// What changed on both sides is not overwritten.
func TestOverlayConflict(t *testing.T) {
	root := project(t)
	files(t, root, map[string]string{"a.txt": "old\n"})
	s := onView(t, root, "a.txt", "new.txt")
	s.sh(t, "echo agent > a.txt; echo agent > new.txt")
	files(t, root, map[string]string{"a.txt": "person\n", "new.txt": "person\n"})
	if c := commit(t, s); len(c.Refused) != 2 || len(c.Taken) > 0 || !strings.Contains(c.Refused[0].Why, "outside of the sandbox, too") {
		t.Errorf("got %v", c)
	}
	if b, _ := os.ReadFile(root + "/a.txt"); string(b) != "person\n" {
		t.Errorf("a.txt holds %q", b)
	}
}

// A program that still holds a file open does not reach what was taken; the end takes what is left.
func TestOverlayHeldOpen(t *testing.T) {
	root := project(t)
	told := make(chan Commit, 1)
	s, err := Start(Profile{Root: root, Write: []string{root + "/a.txt"}, Missing: MissingOverlay},
		Options{Launcher: launcher, Level: level.Full, Committed: func(c Commit, err error) { told <- c }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.sh(t, "mkfifo /tmp/go; (exec 3>a.txt; echo first >&3; : > /tmp/wrote; read x < /tmp/go; echo second >&3; : > /tmp/wrote2) > /dev/null 2>&1 & until [ -e /tmp/wrote ]; do sleep 0.01; done")
	commit(t, s)
	s.sh(t, "echo > /tmp/go; until [ -e /tmp/wrote2 ]; do sleep 0.01; done")
	if b, err := os.ReadFile(root + "/a.txt"); err != nil || string(b) != "first\n" {
		t.Errorf("after the commit it holds %q %v", b, err)
	}
	s.Close()
	if c := <-told; len(c.Taken) != 1 {
		t.Errorf("at the end: %v", c)
	}
	if b, _ := os.ReadFile(root + "/a.txt"); string(b) != "first\nsecond\n" {
		t.Errorf("at the end it holds %q", b)
	}
}

// A view needs mounts: below full the claim is refused, not widened.
func TestOverlayNeedsFull(t *testing.T) {
	root := project(t)
	_, err := Start(Profile{Root: root, Write: []string{root + "/new"}, Missing: MissingOverlay}, Options{Launcher: launcher, Level: level.Landlock})
	if !errors.Is(err, ErrClaim) {
		t.Errorf("got %v", err)
	}
	if _, err := Start(Profile{Root: root, Write: []string{filepath.Dir(root) + "/else/new"}, Missing: MissingOverlay}, Options{Launcher: launcher, Level: level.Full}); !errors.Is(err, ErrClaim) {
		t.Errorf("outside of the root: %v", err)
	}
}

// The filter stands against upper folders that no overlayfs would make.
func TestHostileUpper(t *testing.T) {
	mark := func(name, value string) func(up, low string) error {
		return func(up, low string) error {
			return errors.Join(os.WriteFile(up+"/claim", []byte("bad"), 0o644), unix.Setxattr(up+"/claim", "user.overlay."+name, []byte(value), 0))
		}
	}
	for name, tc := range map[string]struct {
		do  func(up, low string) error
		why string // empty: it is taken
	}{
		"nothing hostile": {func(up, low string) error { return os.WriteFile(up+"/claim", []byte("good"), 0o640) }, ""},
		"origin mark":     {mark("origin", "\x00"), ""},
		"redirect":        {mark("redirect", "/etc"), `the mark "user.overlay.redirect"`},
		"metacopy":        {mark("metacopy", ""), `the mark "user.overlay.metacopy"`},
		"whiteout mark":   {mark("whiteout", "y"), `the mark "user.overlay.whiteout"`},
		"link out":        {func(up, low string) error { return os.Symlink("/etc/passwd", up+"/claim") }, "is a link"},
		"pipe":            {func(up, low string) error { return unix.Mkfifo(up+"/claim", 0o644) }, "is a pipe"},
		"whiteout":        {func(up, low string) error { return unix.Mknod(up+"/other", unix.S_IFCHR, 0) }, "was removed, and is not claimed"},
		"folder as claim": {func(up, low string) error { return os.MkdirAll(up+"/claim/x", 0o755) }, "a folder in place of"},
		"file as folder":  {func(up, low string) error { return os.WriteFile(up+"/dir", nil, 0o755) }, "was changed, and is not claimed"},
		"folder as file":  {func(up, low string) error { return os.Mkdir(up+"/other", 0o755) }, "a folder in place of what is none"},
		"set-uid": {func(up, low string) error {
			return errors.Join(os.WriteFile(up+"/claim", nil, 0o644), unix.Chmod(up+"/claim", 0o4755))
		}, "run as its owner"},
		"huge": {func(up, low string) error {
			return errors.Join(os.WriteFile(up+"/claim", nil, 0o644), os.Truncate(up+"/claim", 1<<40))
		}, "larger than"},
		"huge unclaimed": {func(up, low string) error {
			return errors.Join(os.WriteFile(up+"/other", nil, 0o644), os.Truncate(up+"/other", 1<<40))
		}, "was changed"},
		"opaque": {func(up, low string) error {
			return errors.Join(os.Mkdir(up+"/dir", 0o755), unix.Setxattr(up+"/dir", "user.overlay.opaque", []byte("y"), 0))
		}, "was replaced"},
		"opaque top": {func(up, low string) error { return unix.Setxattr(up, "user.overlay.opaque", []byte("y"), 0) }, "was replaced"},
		"redirected folder": {func(up, low string) error {
			return errors.Join(os.Mkdir(up+"/dir", 0o755), unix.Setxattr(up+"/dir", "user.overlay.redirect", []byte("/x"), 0))
		}, `"user.overlay.redirect"`},
		"link as folder":  {func(up, low string) error { return os.Symlink("/etc", up+"/dir") }, "is a link"},
		"deep":            {func(up, low string) error { return os.MkdirAll(up+"/way"+strings.Repeat("/d", 70), 0o755) }, "is not on the way"},
		"deep on the way": {func(up, low string) error { return os.MkdirAll(up+strings.Repeat("/d", 70), 0o755) }, "folders deep"},
		"odd name":        {func(up, low string) error { return os.WriteFile(up+"/a\nb", nil, 0o644) }, "was made"},
		"device": {func(up, low string) error {
			if err := unix.Mknod(up+"/claim", unix.S_IFCHR|0o666, int(unix.Mkdev(1, 5))); err != nil {
				return errSkip
			}
			return nil
		}, "is a device"},
		// the folder of a claim is changed into a link outside, after the sandbox began
		"link on the way outside": {func(up, low string) error {
			return errors.Join(os.RemoveAll(low+"/dir"), os.Symlink(filepath.Dir(low), low+"/dir"), os.Mkdir(up+"/dir", 0o755), os.WriteFile(up+"/dir/in", []byte("bad"), 0o644))
		}, "a folder in place of what is none"},
		"link at the claim outside": {func(up, low string) error {
			return errors.Join(os.Symlink(filepath.Dir(low)+"/outside", low+"/claim"), os.WriteFile(up+"/claim", []byte("bad"), 0o644))
		}, "was changed outside"},
	} {
		t.Run(name, func(t *testing.T) {
			top := project(t)
			low := filepath.Join(top, "low")
			files(t, top, map[string]string{"low/other": "other", "low/dir/x": "x", "outside": "outside"})
			o := &overlay{folder: low, claims: []string{"claim", "ok", "dir/in", strings.Repeat("d/", 80) + "claim"}, lower: -1, upper: -1}
			if err := o.prepare(t.TempDir()); err != nil {
				t.Fatal(err)
			}
			defer o.remove()
			up := o.base + "/upper"
			files(t, up, map[string]string{"ok": "ok"})
			err := tc.do(up, low)
			if errors.Is(err, errSkip) {
				t.Skip("only root can make this")
			}
			if err != nil {
				t.Fatal(err)
			}
			before := listing(t, top)
			s := &Sandbox{overlays: []*overlay{o}}
			c := commit(t, s)
			if tc.why == "" {
				if len(c.Taken) != 2 || len(c.Refused) > 0 {
					t.Errorf("got %v", c)
				}
				return
			}
			if len(c.Taken)+len(c.Removed) > 0 || !strings.Contains(fmt.Sprint(c.Refused), tc.why) {
				t.Errorf("got %v, want %s", c, tc.why)
			}
			if now := listing(t, top); now != before {
				t.Errorf("outside:\n%s\nbefore:\n%s", now, before)
			}
		})
	}
}

var errSkip = errors.New("skip")

// Too many files are refused before they cost anything.
func TestOverlayTooMany(t *testing.T) {
	o := &overlay{folder: project(t), claims: []string{"claim"}, lower: -1, upper: -1}
	if err := o.prepare(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	defer o.remove()
	files(t, o.base+"/upper", map[string]string{"claim": "x", "a": "", "b": ""})
	c := Commit{}
	w := walker{o: o, out: &c, entries: maxOverlayEntries - 1}
	w.folder("", 0)
	if !strings.Contains(fmt.Sprint(c.Refused), "changed files") {
		t.Errorf("got %v", c)
	}
}

// A folder that becomes a link between the look and the copy leads nowhere.
func TestCommitStaysBeneath(t *testing.T) {
	top := project(t)
	files(t, top, map[string]string{"low/dir/x": "x", "out/x": "out"})
	o := &overlay{folder: top + "/low", claims: []string{"dir/in", "dir/new/in"}, lower: -1, upper: -1}
	if err := o.prepare(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	defer o.remove()
	files(t, o.base+"/upper", map[string]string{"dir/in": "bad", "dir/new/in": "bad"})
	w := walker{o: o, out: &Commit{}}
	w.folder("", 0)
	if len(w.changes) != 2 {
		t.Fatalf("before: %v, %d changes", w.out, len(w.changes))
	}
	if err := errors.Join(os.RemoveAll(top+"/low/dir"), os.Symlink("../out", top+"/low/dir")); err != nil {
		t.Fatal(err)
	}
	before := listing(t, top)
	for _, c := range w.changes {
		if why := c.stage(); why == "" {
			t.Errorf("%s is staged in %s/out", c.name, top)
		}
		c.drop()
	}
	if now := listing(t, top); now != before {
		t.Errorf("outside:\n%s", now)
	}
	for _, name := range []string{"dir/x", "../out/x", "/etc/passwd"} {
		if fd, err := openAt(o.lower, name, unix.O_RDONLY); err == nil {
			unix.Close(fd)
			t.Errorf("%s was opened", name)
		}
	}
}
