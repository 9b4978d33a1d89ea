package policy

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"writ/internal/verdict"
)

// Test is one row of a *.cases.jsonl file: a call and the verdict that the policies must give.
type Test struct {
	// Command is short for the tool Bash; otherwise Tool and Input are given.
	Command string          `json:"command,omitempty"`
	Tool    string          `json:"tool,omitempty"`
	Input   json.RawMessage `json:"input,omitempty"`
	Cwd     string          `json:"cwd,omitempty"`
	Role    string          `json:"role,omitempty"`
	Want    verdict.Effect  `json:"want"`
	// Rule is the rule that must decide; empty: any.
	Rule string `json:"rule,omitempty"`
	// Why is for the reader of the file.
	Why string `json:"why,omitempty"`

	File string `json:"-"`
	Line int    `json:"-"`
}

// Call gives the tool and its input.
func (t Test) Call() (tool string, input json.RawMessage) {
	if t.Tool != "" {
		return t.Tool, t.Input
	}
	raw, err := json.Marshal(map[string]string{"command": t.Command})
	if err != nil {
		panic(err) // a string always has a JSON form
	}
	return "Bash", raw
}

// casesSuffix is how the names of case files end.
const casesSuffix = ".cases.jsonl"

// BuiltinTests are the cases that ship with writ. They are judged in an imaginary world: project
// TestProject, home TestHome, no disk.
func BuiltinTests() ([]Test, error) {
	var out []Test
	err := fs.WalkDir(files, "builtin", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, casesSuffix) {
			return err
		}
		text, err := files.ReadFile(path.Clean(name))
		if err != nil {
			return err
		}
		tests, err := ParseTests(name, text)
		out = append(out, tests...)
		return err
	})
	return out, err
}

// The imaginary world of the built-in cases.
const (
	TestProject = "/home/dev/app"
	TestHome    = "/home/dev"
)

// TestsIn reads the case files beside the policies of a folder, or one case file.
func TestsIn(where string) ([]Test, error) {
	info, err := os.Stat(where)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read cases: %w", err)
	}
	names := []string{where}
	if info.IsDir() {
		if names, err = filepath.Glob(filepath.Join(where, "*"+casesSuffix)); err != nil {
			return nil, fmt.Errorf("read cases in %s: %w", where, err)
		}
	}
	var out []Test
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read cases: %w", err)
		}
		tests, err := ParseTests(name, text)
		if err != nil {
			return nil, err
		}
		out = append(out, tests...)
	}
	return out, nil
}

// ParseTests reads cases, one JSON object a line; empty lines and lines that begin with // are skipped.
func ParseTests(name string, text []byte) ([]Test, error) {
	var out []Test
	var errs []error
	sc := bufio.NewScanner(bytes.NewReader(text))
	sc.Buffer(nil, maxFile)
	for line := 1; sc.Scan(); line++ {
		row := bytes.TrimSpace(sc.Bytes())
		if len(row) == 0 || bytes.HasPrefix(row, []byte("//")) {
			continue
		}
		t := Test{Want: verdict.Abstain, File: name, Line: line}
		dec := json.NewDecoder(bytes.NewReader(row))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&t); err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, line, err))
			continue
		}
		if t.Want == verdict.Abstain || (t.Command == "") == (t.Tool == "") {
			errs = append(errs, fmt.Errorf(`%s:%d: want "want": "deny", "ask" or "allow", and either "command" or "tool"`, name, line))
			continue
		}
		out = append(out, t)
	}
	return out, errors.Join(append(errs, sc.Err())...)
}
