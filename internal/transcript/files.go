package transcript

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ext is the ending of transcript files.
const ext = ".jsonl"

// Find lists the transcript files that the paths mean: a file is itself, a folder all transcripts below
// it, anything else a pattern (*, ?, […]). A path that means nothing is an error.
func Find(paths ...string) ([]string, error) {
	var out []string
	for _, p := range paths {
		found, err := find(p)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%s: no transcript there (want files *%s)", p, ext)
		}
		out = append(out, found...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func find(path string) ([]string, error) {
	fi, err := os.Stat(path)
	if err == nil && !fi.IsDir() {
		return []string{path}, nil
	}
	if err == nil {
		return below(path)
	}
	matches, globErr := filepath.Glob(path)
	if globErr != nil || len(matches) == 0 {
		return nil, fmt.Errorf("find transcripts: %w", err)
	}
	var out []string
	for _, m := range matches {
		more, err := find(m)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// below walks a folder. Folders that may not be read are passed over; the top one is an error.
func below(dir string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if path == dir {
				return err
			}
			return nil
		}
		if d.Type().IsRegular() && strings.HasSuffix(path, ext) {
			out = append(out, path)
		}
		return nil
	})
	return out, err
}

// SessionFiles lists a session's files: the main transcript and those of its subagents, which stand in
// <folder>/<session>/subagents/agent-<id>.jsonl. For a subagent's own file it is that file alone.
func SessionFiles(main string) ([]string, error) {
	if _, err := os.Stat(main); err != nil {
		return nil, fmt.Errorf("read the transcript: %w", err)
	}
	out := []string{main}
	dir := filepath.Join(strings.TrimSuffix(main, ext), "subagents")
	if _, err := os.Stat(dir); err != nil {
		return out, nil
	}
	subagents, err := below(dir)
	return append(out, subagents...), err
}

// ReadSession reads a session's main transcript and its subagents' ones. Calls come in the order of
// files and lines; skipped counts the lines that could not be read.
func ReadSession(main string) (calls []Call, skipped int, err error) {
	files, err := SessionFiles(main)
	if err != nil {
		return nil, 0, err
	}
	for _, path := range files {
		f, err := Read(path)
		if err != nil {
			return nil, 0, err
		}
		calls = append(calls, f.Calls...)
		skipped += f.Skipped
	}
	return calls, skipped, nil
}
