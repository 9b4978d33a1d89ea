package claude

import (
	"path/filepath"
	"slices"
	"testing"
)

// TestRemotes reads the hosts of a repository's remotes, from a worktree of it too.
func TestRemotes(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "main/.git/config"), `[core]
	url = https://not.a.remote.example
[remote "origin"]
	url = git@code.example:team/repo.git
	pushurl = ssh://git@code.example:2222/team/repo.git
	fetch = +refs/heads/*:refs/remotes/origin/*
[remote "up"]
	url = https://user:secret@other.example/repo
[remote "here"]
	url = ../remote.git
[remote "file"]
	url = file:///srv/x
[remote "local"]
	url = http://localhost:3000/x
[remote "again"]
	URL = "https://other.example/repo2"
[branch "main"]
	url = https://no.example
`)
	write(t, filepath.Join(dir, "wt/.git"), "gitdir: "+dir+"/main/.git/worktrees/wt\n")
	write(t, filepath.Join(dir, "main/.git/worktrees/wt/commondir"), "../..\n")
	want := []string{"code.example:22", "code.example:2222", "other.example:443"}
	for _, project := range []string{"main", "wt"} {
		if got := Remotes(filepath.Join(dir, project)); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", project, got, want)
		}
	}
	if got := Remotes(dir); len(got) != 0 {
		t.Errorf("no repository: %q", got)
	}
}
