package cli

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPlaces(t *testing.T) {
	user, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	repo := filepath.Join(user, "src", "app")
	if err := os.MkdirAll(filepath.Join(repo, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	sub := filepath.Join(repo, "internal")
	for _, tt := range []struct{ name, project, cwd, line, folder, root string }{
		{"a folder of a repository", "", sub, "", sub, repo},
		{"a project that is named", repo, "/", "", repo, repo},
		{"a named project and a call elsewhere", repo, "/", "/tmp", "/tmp", repo},
		{"a home folder", "", user, "", filepath.Join(user, "project"), filepath.Join(user, "project")},
		{"the root folder", "", "/", "", filepath.Join(user, "project"), filepath.Join(user, "project")},
		{"a call with a folder that does not exist", "", sub, "/srv/x", "/srv/x", "/srv/x"},
		{"a call in the home folder", "", sub, user, user, ""},
	} {
		folder, root := newPlaces(tt.project, tt.cwd, user).of(tt.line)
		if folder != tt.folder || root != tt.root {
			t.Errorf("%s: got %s in %s, want %s in %s", tt.name, folder, root, tt.folder, tt.root)
		}
	}
}
