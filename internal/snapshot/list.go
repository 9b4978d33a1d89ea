package snapshot

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sort"
	"strconv"
	"strings"

	"writ/internal/gitsafe"
)

// List gives the snapshots of a project, newest first.
func List(ctx context.Context, w Where) ([]Snapshot, error) {
	var all []Snapshot
	for _, g := range w.repos(ctx) {
		some, err := listRepo(ctx, g, w.StateDir)
		if err != nil {
			return nil, fmt.Errorf("list snapshots: %w", err)
		}
		all = append(all, some...)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Time.After(all[j].Time) })
	return all, nil
}

// Find gives one snapshot by its id, a unique beginning or end of it, or "last".
func Find(ctx context.Context, w Where, id string) (Snapshot, error) {
	all, err := List(ctx, w)
	if err != nil {
		return Snapshot{}, err
	}
	if id == "last" && len(all) > 0 {
		return all[0], nil
	}
	var hits []Snapshot
	for _, s := range all {
		if id != "" && (strings.HasPrefix(s.ID, id) || strings.HasSuffix(s.ID, id)) {
			hits = append(hits, s)
		}
	}
	if len(hits) == 1 {
		return hits[0], nil
	}
	return Snapshot{}, fmt.Errorf("%w: %q names %d of the %d snapshots of %s", ErrNotFound, id, len(hits), len(all), w.Project)
}

// repos are the repositories that may hold the project's snapshots.
func (w Where) repos(ctx context.Context) []gitsafe.Git {
	root := real(w.Project)
	var out []gitsafe.Git
	if r, ok, err := openRepo(ctx, root); err == nil && ok {
		root = r.root
		out = append(out, gitsafe.Git{Dir: r.root, GitDir: r.common})
	}
	if store := storeRepo(w.StateDir, root); isDir(store.GitDir) {
		out = append(out, store)
	}
	return out
}

func isDir(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.IsDir()
}

func listRepo(ctx context.Context, g gitsafe.Git, stateDir string) ([]Snapshot, error) {
	out, err := g.Run(ctx, "for-each-ref", "--format=%(objectname) %(refname)", RefPrefix)
	if err != nil || out == "" {
		return nil, err
	}
	objects, err := openObjects(ctx, g)
	if err != nil {
		return nil, err
	}
	defer objects.close()
	var all []Snapshot
	for _, line := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
		commit, ref, _ := strings.Cut(line, " ")
		all = append(all, readManifest(objects, stateDir, strings.TrimPrefix(ref, RefPrefix), commit, g.GitDir))
	}
	return all, nil
}

// readManifest gives the snapshot as it describes itself; one that writ did not make, or that does not
// read, is listed with Forged set and without content.
func readManifest(objects *objects, stateDir, id, commit, repo string) Snapshot {
	bad := Snapshot{ID: id, Repo: repo, Forged: true}
	if !vouched(stateDir, id, commit) {
		return bad
	}
	data, err := objects.read(commit + ":" + treeManifest)
	var s Snapshot
	if err != nil || json.Unmarshal(data, &s) != nil || s.ID != id {
		return bad
	}
	s.Repo = repo
	return s
}

// objects reads git objects through one git cat-file.
type objects struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func openObjects(ctx context.Context, g gitsafe.Git) (*objects, error) {
	cmd := g.Command(ctx, "cat-file", "--batch")
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &objects{cmd: cmd, in: in, out: bufio.NewReader(out)}, cmd.Start()
}

// open starts reading one object; the caller reads exactly size bytes and then calls end.
func (o *objects) open(name string) (r io.Reader, size int64, err error) {
	if strings.ContainsAny(name, "\n") {
		return nil, 0, fmt.Errorf("bad object name %q", name)
	}
	if _, err := fmt.Fprintln(o.in, name); err != nil {
		return nil, 0, err
	}
	head, err := o.out.ReadString('\n')
	f := strings.Fields(head)
	if err != nil || len(f) != 3 || f[1] != "blob" {
		return nil, 0, fmt.Errorf("object %s: want a blob, found %q (%v)", name, strings.TrimSpace(head), err)
	}
	size, err = strconv.ParseInt(f[2], 10, 64)
	return io.LimitReader(o.out, size), size, err
}

func (o *objects) end() error {
	_, err := o.out.Discard(1)
	return err
}

func (o *objects) read(name string) ([]byte, error) {
	r, _, err := o.open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return data, o.end()
}

func (o *objects) close() {
	o.in.Close()
	_ = o.cmd.Wait() // what it printed was checked piece by piece
}
