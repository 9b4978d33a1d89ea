package snapshot

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"writ/internal/gitsafe"
)

// The names at the top of a snapshot's tree.
const (
	treeFiles    = "files/"  // paths below the root
	treeOutside  = "abs/"    // paths elsewhere, without the leading slash
	treeStaged   = "staged/" // index content
	treeManifest = "manifest.json"
)

// write makes the snapshot's commit and its ref in one git fast-import, which takes bytes as they are: no
// filter, no index, no hook. It fills in the entries' object ids.
func write(ctx context.Context, g gitsafe.Git, s *Snapshot, parents []string, isSHA256 bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends git where the stream breaks off
	cmd := g.Command(ctx, "fast-import", "--done", "--quiet", "--date-format=raw", "--force")
	var errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &errs, &errs
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	w := writer{ctx: ctx, git: g, out: bufio.NewWriterSize(in, 1<<16), sha256: isSHA256}
	streamErr := w.stream(s, parents)
	if streamErr != nil {
		cancel()
	}
	in.Close()
	if err := cmd.Wait(); streamErr == nil && err != nil {
		return fmt.Errorf("git fast-import: %w: %s", err, gitsafe.FirstLine(errs.String()))
	}
	return streamErr
}

// writer puts a snapshot into fast-import's language.
type writer struct {
	ctx    context.Context
	git    gitsafe.Git
	out    *bufio.Writer
	sha256 bool
}

func (w *writer) stream(s *Snapshot, parents []string) error {
	w.head(s, parents)
	for i := range s.Entries {
		if err := w.entry(&s.Entries[i]); err != nil {
			return fmt.Errorf("keep %s: %w", s.Entries[i].Path, err)
		}
	}
	for _, e := range s.Staged {
		fmt.Fprintf(w.out, "M %s %s %s\n", e.staged, e.OID, gitsafe.Quote(treeName(treeStaged, e.Name())))
	}
	manifest, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return err
	}
	w.inline("100644", treeManifest, manifest)
	fmt.Fprint(w.out, "done\n")
	return w.out.Flush()
}

func (w *writer) head(s *Snapshot, parents []string) {
	when := fmt.Sprintf("writ <writ@localhost> %d +0000", s.Time.Unix())
	message := "writ snapshot " + s.ID + "\n\n" + strings.ToValidUTF8(s.Why, "\ufffd") + "\n"
	fmt.Fprintf(w.out, "commit %s\nauthor %s\ncommitter %s\ndata %d\n%s\n", RefPrefix+s.ID, when, when, len(message), message)
	for i, p := range parents {
		word := "merge"
		if i == 0 {
			word = "from"
		}
		fmt.Fprintf(w.out, "%s %s\n", word, p)
	}
	if len(parents) > 0 {
		fmt.Fprint(w.out, "deleteall\n")
	}
}

// entry writes one path's content; folders are in the manifest only.
func (w *writer) entry(e *Entry) error {
	if err := w.ctx.Err(); err != nil || e.Kind == KindDir {
		return err
	}
	name := treeName(treeFiles, e.Name())
	if strings.HasPrefix(e.Name(), "/") {
		name = treeName(treeOutside, e.Name()[1:])
	}
	if e.InGit {
		fmt.Fprintf(w.out, "M %s %s %s\n", gitMode(*e), e.OID, gitsafe.Quote(name))
		return nil
	}
	if e.Size > bigFile {
		return w.big(e, name)
	}
	data, err := readWhole(*e)
	if err != nil {
		return err
	}
	if len(data) > bigFile {
		return fmt.Errorf("it grew to over %d MiB while it was read", bigFile>>20)
	}
	e.Size, e.OID = int64(len(data)), blobOID(data, w.sha256)
	w.inline(gitMode(*e), name, data)
	return nil
}

// big hands a large file to git hash-object as its standard input, never through memory.
func (w *writer) big(e *Entry, name string) error {
	f, before, err := openRegular(e.at)
	if err != nil {
		return err
	}
	defer f.Close()
	oid, err := w.git.Feed(w.ctx, f, "hash-object", "-w", "--no-filters", "--stdin")
	if err != nil {
		return err
	}
	after, err := f.Stat()
	if err != nil || !same(before, after) {
		return fmt.Errorf("it changes while it is read (%v)", err)
	}
	e.Size, e.OID = after.Size(), strings.TrimSpace(oid)
	fmt.Fprintf(w.out, "M %s %s %s\n", gitMode(*e), e.OID, gitsafe.Quote(name))
	return nil
}

func (w *writer) inline(mode, name string, data []byte) {
	fmt.Fprintf(w.out, "M %s inline %s\ndata %d\n", mode, gitsafe.Quote(name), len(data))
	_, _ = w.out.Write(data) // a write error stays in the bufio.Writer until Flush
	_, _ = io.WriteString(w.out, "\n")
}

func gitMode(e Entry) string {
	switch {
	case e.Kind == KindSymlink:
		return "120000"
	case e.Mode&0o100 != 0:
		return "100755"
	}
	return "100644"
}

// treeName is a path's name in the snapshot's tree. Names that git refuses in a tree (.git) get a "%"
// behind, and so do those that already end so, to stay apart.
func treeName(prefix, path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if strings.EqualFold(strings.TrimRight(p, "%"), ".git") {
			parts[i] = p + "%"
		}
	}
	return prefix + strings.Join(parts, "/")
}

// stamp is the time part of an id: sortable, and a valid ref name.
func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }
