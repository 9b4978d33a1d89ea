package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	cedar "github.com/cedar-policy/cedar-go"

	"writ/internal/level"
	"writ/internal/verdict"
)

// Options says where the layers lie. An empty or missing folder is an empty layer.
type Options struct {
	Organisation string // folder, usually /etc/writ/policy
	User         string // folder, HOME/.writ/policy
	Repository   string // folder, PROJECT/.writ/policy
	// Files are single policy files, judged as FilesLayer (writ check --policy); its zero value means User.
	Files      []string
	FilesLayer Layer
	// Profile activates the rules annotated @profile with this name.
	Profile string
}

// Load reads and validates every layer. The error joins all that is wrong, each with file and line.
func Load(o Options) (*Engine, error) {
	var rules []*Rule
	var errs []error
	add := func(rs []*Rule, err error) {
		rules = append(rules, rs...)
		errs = append(errs, err)
	}
	add(embedded())
	add(folder(Organisation, o.Organisation))
	add(folder(User, o.User))
	for _, f := range o.Files {
		add(file(o.filesLayer(), f))
	}
	add(folder(Repository, o.Repository))
	errs = append(errs, checkAll(rules))
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return newEngine(rules, o.Profile), nil
}

func (o Options) filesLayer() Layer {
	if o.FilesLayer == 0 {
		return User
	}
	return o.FilesLayer
}

// folder reads the *.cedar files of a folder in the order of their names.
func folder(layer Layer, dir string) ([]*Rule, error) {
	if dir == "" {
		return nil, nil
	}
	names, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the %s's policies: %w", layer, err)
	}
	var rules []*Rule
	var errs []error
	for _, n := range names {
		if n.IsDir() || !strings.HasSuffix(n.Name(), ".cedar") {
			continue
		}
		rs, err := file(layer, filepath.Join(dir, n.Name()))
		rules, errs = append(rules, rs...), append(errs, err)
	}
	return rules, errors.Join(errs...)
}

// maxFile bounds a policy file; a larger one is not a policy.
const maxFile = 1 << 20

func file(layer Layer, path string) ([]*Rule, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read policy: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("read policy %s: want a regular file of at most %d bytes", path, maxFile)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read policy: %w", err)
	}
	return Parse(layer, path, text)
}

// Parse reads the policies of one text and validates them. name stands for the file in messages.
func Parse(layer Layer, name string, text []byte) ([]*Rule, error) {
	rules, err := parse(layer, name, text)
	errs := []error{err}
	for _, r := range rules {
		errs = append(errs, checkRule(r))
	}
	return rules, errors.Join(errs...)
}

// parse reads without validating, which takes most of the time of loading.
func parse(layer Layer, name string, text []byte) (rules []*Rule, err error) {
	defer func() { // the parser is not ours; what it cannot stand is an error, not the end of the daemon
		if p := recover(); p != nil {
			rules, err = nil, fmt.Errorf("%s: not readable as Cedar: %v", name, p)
		}
	}()
	if deep(text) {
		return nil, fmt.Errorf("%s: nested deeper than %d brackets", name, maxBrackets)
	}
	list, err := cedar.NewPolicyListFromBytes(name, text)
	if err != nil {
		return nil, syntaxError(name, err)
	}
	var errs []error
	for i, p := range list {
		end := len(text)
		if i+1 < len(list) {
			end = list[i+1].Position().Offset
		}
		r, err := newRule(layer, name, p, source(text, p.Position().Offset, end))
		errs = append(errs, err)
		if r != nil {
			rules = append(rules, r)
		}
	}
	return rules, errors.Join(errs...)
}

// maxBrackets bounds nesting, because the parser recurses once for each bracket and each sign.
const maxBrackets = 200

// deep counts brackets and runs of signs without regard to quotes, which could be used to hide some.
func deep(text []byte) bool {
	depth, run := 0, 0
	for _, b := range text {
		switch b {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(0, depth-1)
		case '!', '-':
			run++
			continue
		case ' ', '\n', '\t', '\r':
			continue
		}
		if depth > maxBrackets || run > maxBrackets {
			return true
		}
		run = 0
	}
	return run > maxBrackets
}

// syntaxError puts the parser's message behind the file's name.
func syntaxError(name string, err error) error {
	msg := strings.TrimPrefix(err.Error(), "parser error: ")
	return fmt.Errorf("%s: %s", name, msg)
}

// source is a policy's text without the comments that belong to the next one.
func source(text []byte, from, to int) string {
	lines := strings.Split(string(text[from:to]), "\n")
	for len(lines) > 0 {
		last := strings.TrimSpace(lines[len(lines)-1])
		if last != "" && !strings.HasPrefix(last, "//") {
			break
		}
		lines = lines[:len(lines)-1]
	}
	return strings.Join(lines, "\n")
}

func newRule(layer Layer, name string, p *cedar.Policy, src string) (*Rule, error) {
	notes := p.Annotations()
	r := &Rule{
		ID: string(notes["id"]), Layer: layer, Effect: verdict.Deny, Reason: string(notes["reason"]), Instead: string(notes["instead"]),
		Profile: string(notes["profile"]), File: name, Line: p.Position().Line, Source: src, policy: p, stage: stageOf(layer, name),
	}
	if p.Effect() == cedar.Permit {
		r.Effect = verdict.Allow
	}
	if word, ok := notes["effect"]; ok {
		e, err := verdict.Parse(string(word))
		if err != nil || e == verdict.Abstain || (e == verdict.Allow) != (r.Effect == verdict.Allow) {
			return nil, fmt.Errorf("%s:%d: @effect(%q) on a policy that is %s: want deny or ask on a forbid, allow on a permit", name, r.Line, word, r.Effect)
		}
		r.Effect = e
	}
	if word, ok := notes["contained"]; ok {
		at, err := level.Parse(string(word))
		if err != nil || at == level.Observe { // at observe nothing is contained
			return nil, fmt.Errorf("%s:%d: @contained(%q): want landlock or full", name, r.Line, word)
		}
		r.Contained = at
	}
	r.Overrides = strings.FieldsFunc(string(notes["overrides"]), func(c rune) bool { return c == ',' || c == ' ' })
	return r, nil
}

// stageOf names the stage that a rule speaks for: the floor, the scope, or the policy.
func stageOf(layer Layer, name string) string {
	switch {
	case layer == Floor:
		return "floor"
	case layer == Builtin && filepath.Base(name) == "scope.cedar":
		return "scope"
	}
	return "policy"
}

// sorted returns the rules in the order of layers, keeping the order of files within one.
func sorted(rules []*Rule) []*Rule {
	out := append([]*Rule(nil), rules...)
	sort.SliceStable(out, func(i, j int) bool { return out[i].Layer < out[j].Layer })
	return out
}
