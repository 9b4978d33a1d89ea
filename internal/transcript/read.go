package transcript

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// MaxLine bounds a line; longer ones (images, mostly) are skipped and counted.
const MaxLine = 64 << 20

// Read reads one transcript file. A call that stands in several entries (streaming) is given once.
func Read(path string) (File, error) { return read(path, true) }

// ReadCalls is Read without results, which is much faster: results hold whole files.
func ReadCalls(path string) (File, error) { return read(path, false) }

func read(path string, results bool) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, fmt.Errorf("read the transcript: %w", err)
	}
	defer f.Close()
	p := &parser{out: File{Path: path}, at: map[string]int{}, results: results}
	err = p.run(f)
	return p.out, err
}

type parser struct {
	out     File
	at      map[string]int // call id → place in out.Calls
	project string
	results bool
}

func (p *parser) run(r io.Reader) error {
	lines := bufio.NewReaderSize(r, 256<<10)
	for {
		line, err := nextLine(lines)
		if len(line) > 0 || errors.Is(err, errLong) {
			p.out.Lines++
			if err != nil && !errors.Is(err, io.EOF) || !p.line(line) {
				p.out.Skipped++
			}
		}
		if err != nil && !errors.Is(err, errLong) {
			if err == io.EOF {
				return nil
			}
			return fmt.Errorf("read the transcript %s: %w", p.out.Path, err)
		}
	}
}

var errLong = errors.New("the line is too long")

// nextLine returns a line; one longer than MaxLine is read over and reported as errLong.
func nextLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := r.ReadSlice('\n')
		if !long && len(line)+len(part) > MaxLine {
			line, long = nil, true
		}
		if !long {
			if line == nil && err != bufio.ErrBufferFull {
				return bytes.TrimSpace(part), err // valid until the next read
			}
			line = append(line, part...)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if long && err == nil {
			err = errLong
		}
		return bytes.TrimSpace(line), err
	}
}

// entry is the part of a line that matters. Its fields are decoded one by one: a single field of another
// type than today must not hide a call.
type entry map[string]json.RawMessage

func (e entry) text(name string) string {
	var s string
	_ = json.Unmarshal(e[name], &s) // another type: no text
	return s
}

func (e entry) truth(name string) bool {
	var b bool
	_ = json.Unmarshal(e[name], &b) // another type: false
	return b
}

// list decodes an array of objects, nil for anything else.
func list(raw json.RawMessage) []entry {
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return nil
	}
	var out []entry
	for _, p := range parts {
		var e entry
		if json.Unmarshal(p, &e) == nil && e != nil {
			out = append(out, e)
		}
	}
	return out
}

var (
	wordUse    = []byte(`"tool_use"`)
	wordResult = []byte(`"tool_result"`)
	wordCwd    = []byte(`"cwd"`)
)

// line reads one line; false when it is no JSON object. Lines that cannot hold a call are not decoded.
func (p *parser) line(line []byte) bool {
	use := bytes.Contains(line, wordUse)
	result := p.results && bytes.Contains(line, wordResult)
	if !use && !result && (p.project != "" || !bytes.Contains(line, wordCwd)) {
		return line[0] == '{' && line[len(line)-1] == '}'
	}
	var e entry
	if json.Unmarshal(line, &e) != nil {
		return false
	}
	if p.project == "" {
		p.project = e.text("cwd")
	}
	var message entry
	if json.Unmarshal(e["message"], &message) != nil {
		return true
	}
	for _, block := range list(message["content"]) {
		switch block.text("type") {
		case "tool_use":
			p.call(e, block)
		case "tool_result":
			p.result(e, block)
		}
	}
	return true
}

// call takes a tool_use block. Of several with one id the last that has an input counts.
func (p *parser) call(e, block entry) {
	id, tool := block.text("id"), block.text("name")
	if id == "" || tool == "" {
		return
	}
	input := block["input"]
	if i, ok := p.at[id]; ok {
		if len(input) > len("{}") {
			p.out.Calls[i].Input, p.out.Calls[i].Tool = input, tool
		}
		return
	}
	when, _ := time.Parse(time.RFC3339Nano, e.text("timestamp")) // zero when there is none
	c := Call{ID: id, Tool: tool, Input: input, Session: e.text("sessionId"), Time: when,
		Cwd: e.text("cwd"), Project: p.project, File: p.out.Path, Line: p.out.Lines}
	if e.truth("isSidechain") || e.text("agentId") != "" {
		c.Agent = e.text("agentId")
		if c.Agent == "" {
			c.Agent = "sidechain"
		}
	}
	p.at[id] = len(p.out.Calls)
	p.out.Calls = append(p.out.Calls, c)
}

// result takes a tool_result block; the first one for a call counts.
func (p *parser) result(e, block entry) {
	i, ok := p.at[block.text("tool_use_id")]
	if !ok || !p.results || p.out.Calls[i].Result != nil {
		return
	}
	text := contentText(block["content"])
	r := &Result{Error: block.truth("is_error"), Text: text}
	r.Refused = r.Error && refused(p.out.Calls[i].Tool, text, e["toolUseResult"])
	if len(r.Text) > 300 {
		r.Text = strings.ToValidUTF8(r.Text[:300], "")
	}
	p.out.Calls[i].Result = r
}

// contentText is the text of a result: a string, or the text blocks of a list.
func contentText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var parts []string
	for _, b := range list(raw) {
		if b.text("type") == "text" {
			parts = append(parts, b.text("text"))
		}
	}
	return strings.Join(parts, "\n")
}

const errorOpen, errorClose = "<tool_use_error>", "</tool_use_error>"

// refused tells a call that the client turned down before any hook from one that ran and failed. The
// client wraps its own refusals; a tool that ran fails in its own words. An MCP server could answer in the
// client's wrapper to pass for one that never ran, but then the client's separate account (toolUseResult)
// quotes the wrapper too. Older transcripts have no such account: only built-in tools are believed then.
func refused(tool, text string, account json.RawMessage) bool {
	inner, ok := strings.CutPrefix(text, errorOpen)
	if !ok || !strings.HasSuffix(text, errorClose) || strings.HasPrefix(inner, "Error calling tool") {
		return false
	}
	var said string
	if json.Unmarshal(account, &said) != nil || said == "" {
		return !strings.HasPrefix(tool, "mcp__")
	}
	return !strings.Contains(said, errorOpen)
}
