package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"

	"github.com/spf13/cobra"

	"writ/internal/effect"
	"writ/internal/event"
	"writ/internal/guard"
	"writ/internal/hook"
	"writ/internal/verdict"
)

func newCheck(env *Env) *cobra.Command {
	var o guardFlags
	var at levelFlag
	var jsonl bool
	cmd := &cobra.Command{
		Use:   "check --jsonl",
		Short: "Judge tool calls from standard input, without a daemon and without side effects",
		Long: `Check reads one JSON object a line from standard input and writes one a line to standard output, in the
same order:

  in   {"id": "1", "tool": "Bash", "input": {"command": "git status"}}   also cwd, agent, role, task
  out  {"id": "1", "effect": "allow", "rule": "…", "reasons": ["…"], "effects": [{…}]}

With --level full it answers as for a session whose shell commands the kernel confines: what the sandbox
answers is allowed by the rule "contained", and "answered" lists the rules that would have asked.

A line that cannot be read is answered with an "error" object and the effect deny. Nothing is run and
nothing is recorded; the disk is only looked at.`,
		Example: `  echo '{"id":1,"tool":"Bash","input":{"command":"rm -rf /"}}' | writ check --jsonl
  writ check --jsonl --project ~/src/app --policy my.cedar < calls.jsonl
  writ check --jsonl --level full < calls.jsonl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !jsonl {
				return fail(ExitUsage, "writ check --jsonl < calls.jsonl", "check reads JSON lines only: give --jsonl")
			}
			confined, err := at.level()
			if err != nil {
				return err
			}
			g, where, err := o.guard(env)
			if err != nil {
				return err
			}
			c := checker{guard: g.WithLevel(confined), where: where}
			return c.run(cmd.Context(), env.Stdin, env.Stdout)
		},
	}
	cmd.Flags().BoolVar(&jsonl, "jsonl", false, "one JSON object a line, in and out")
	at.add(cmd)
	o.add(cmd)
	return cmd
}

// checker judges lines.
type checker struct {
	guard *guard.Guard
	where *places
}

// checkIn is one line of input.
type checkIn struct {
	ID    json.RawMessage `json:"id"`
	Tool  *string         `json:"tool"`
	Input json.RawMessage `json:"input"`
	Cwd   string          `json:"cwd"`
	Agent string          `json:"agent"`
	Role  string          `json:"role"`
	Task  string          `json:"task"`
}

// checkOut is one line of output.
type checkOut struct {
	ID      json.RawMessage `json:"id"`
	Effect  verdict.Effect  `json:"effect"`
	Rule    string          `json:"rule"`
	Reasons []string        `json:"reasons"`
	Effects []effect.Effect `json:"effects"`
	// Answered are the rules whose asks the sandbox answers at the level given.
	Answered []string    `json:"answered,omitempty"`
	Error    *checkError `json:"error,omitempty"`
}

type checkError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

const (
	maxCheckLine = 8 << 20 // bytes of one line; a longer one is skipped and answered with an error
	checkBatch   = 64      // lines that one worker takes at a time
)

// batch is a run of lines on its way through a worker; done is closed when out is complete.
type batch struct {
	lines [][]byte
	out   bytes.Buffer
	done  chan struct{}
}

// run judges every line with as many workers as there are processors and prints the answers in order.
func (c *checker) run(ctx context.Context, in io.Reader, out io.Writer) error {
	work, order := make(chan *batch), make(chan *batch, 4*runtime.GOMAXPROCS(0))
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for b := range work {
				c.judge(ctx, b)
				close(b.done)
			}
		})
	}
	readErr := make(chan error, 1)
	go func() {
		defer close(order)
		defer close(work)
		readErr <- feed(in, func(b *batch) { order <- b; work <- b })
	}()
	w := bufio.NewWriterSize(out, 256<<10)
	var writeErr error
	for b := range order {
		<-b.done
		if writeErr == nil {
			_, writeErr = b.out.WriteTo(w)
		}
	}
	workers.Wait()
	return errors.Join(<-readErr, writeErr, w.Flush())
}

// feed cuts the input into batches.
func feed(in io.Reader, send func(*batch)) error {
	r := bufio.NewReaderSize(in, 256<<10)
	b := &batch{done: make(chan struct{})}
	for {
		line, err := readLine(r)
		if len(bytes.TrimSpace(line)) > 0 {
			b.lines = append(b.lines, line)
		}
		if len(b.lines) == checkBatch || (len(b.lines) > 0 && (err != nil || r.Buffered() == 0)) {
			send(b)
			b = &batch{done: make(chan struct{})}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read standard input: %w", err)
		}
	}
}

// readLine returns one line without its end; of one longer than maxCheckLine only that much and one byte.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if room := maxCheckLine + 1 - len(line); room > 0 {
			line = append(line, part[:min(room, len(part))]...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimRight(line, "\r\n"), err
		}
	}
}

func (c *checker) judge(ctx context.Context, b *batch) {
	enc := json.NewEncoder(&b.out)
	enc.SetEscapeHTML(false)
	for _, line := range b.lines {
		if err := enc.Encode(c.line(ctx, line)); err != nil {
			enc.Encode(refusal(nil, "internal", err.Error()))
		}
	}
}

func (c *checker) line(ctx context.Context, line []byte) checkOut {
	var in checkIn
	if len(line) > maxCheckLine {
		return refusal(nil, "too-long", fmt.Sprintf("the line is longer than %d bytes", maxCheckLine))
	}
	if err := json.Unmarshal(line, &in); err != nil {
		return refusal(in.ID, "bad-json", err.Error())
	}
	if in.Tool == nil || *in.Tool == "" || len(in.Input) == 0 {
		return refusal(in.ID, "bad-call", `want the fields "tool" and "input"`)
	}
	cwd, project := c.where.of(in.Cwd)
	d := c.guard.Decide(ctx, event.Event{
		Host: "cli", Name: "PreToolUse", Tool: *in.Tool, Input: in.Input, Task: in.Task, Cwd: cwd, Project: project,
		Known: hook.KnownTool(*in.Tool), Principal: event.Principal{Agent: in.Agent, Role: in.Role, Kind: event.Unknown},
	})
	out := checkOut{ID: id(in.ID), Effect: d.Verdict.Effect, Rule: d.Verdict.Rule(), Reasons: []string{}, Effects: d.Effects}
	for _, r := range telling(d.Verdict) {
		out.Reasons = append(out.Reasons, r.Rule+": "+r.Text)
	}
	for _, r := range d.Answered {
		out.Answered = append(out.Answered, r.Rule)
	}
	return out
}

// telling are the reasons that explain a verdict: of a refusal those that refuse, of an allow all.
func telling(v verdict.Verdict) []verdict.Reason {
	var out []verdict.Reason
	for _, r := range v.Reasons {
		if r.Effect <= verdict.Ask || v.Effect > verdict.Ask {
			out = append(out, r)
		}
	}
	return out
}

func refusal(raw json.RawMessage, code, message string) checkOut {
	return checkOut{ID: id(raw), Effect: verdict.Deny, Rule: "not-understood", Reasons: []string{"not-understood: " + message}, Effects: []effect.Effect{}, Error: &checkError{code, message}}
}

// id gives the id back as it came, null where there is none.
func id(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || !json.Valid(raw) {
		return json.RawMessage("null")
	}
	return raw
}

// guardFlags are the flags of every command that judges without a daemon.
type guardFlags struct {
	project string
	files   []string
}

func (o *guardFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.project, "project", "", "root of the project (default: the git repository of the current folder)")
	cmd.Flags().StringArrayVar(&o.files, "policy", nil, "a further policy file, judged as the user's own (repeatable)")
}

// guard makes a guard from the flags and says where calls stand.
func (o *guardFlags) guard(env *Env) (*guard.Guard, *places, error) {
	h, err := env.home()
	if err != nil {
		return nil, nil, err
	}
	cwd, err := os.Getwd()
	if err != nil && o.project == "" {
		return nil, nil, fail(ExitUsage, "give --project", "find the current folder: %w", err)
	}
	user, err := os.UserHomeDir()
	if err != nil {
		return nil, nil, fail(ExitUsage, "set HOME", "find the home folder: %w", err)
	}
	if o.project != "" {
		if info, err := os.Stat(o.project); err != nil || !info.IsDir() {
			return nil, nil, fail(ExitUsage, "", "--project %s: want a folder", o.project)
		}
	}
	where := newPlaces(o.project, cwd, user)
	_, project := where.of("")
	g, err := guard.New(guard.Options{Home: h, Project: project, UserHome: user, OrgDir: guard.OrganisationDir, PolicyFiles: o.files})
	if err != nil {
		return nil, nil, fail(ExitUsage, "writ policy validate", "%w", err)
	}
	return g, where, nil
}
