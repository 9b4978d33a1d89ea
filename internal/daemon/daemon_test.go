package daemon

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"writ/internal/api"
	"writ/internal/audit"
	"writ/internal/client"
	"writ/internal/home"
)

// TestMain lets the test program be the daemon, too: `daemon run --home DIR`, as EnsureDaemon starts it, and
// `ensure DIR`, which makes sure of one and prints its pid.
func TestMain(m *testing.M) {
	if len(os.Args) == 5 && os.Args[1] == "daemon" {
		os.Exit(beDaemon(os.Args[4]))
	}
	if len(os.Args) == 3 && os.Args[1] == "ensure" {
		os.Exit(beCaller(os.Args[2]))
	}
	os.Exit(m.Run())
}

func beDaemon(dir string) int {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	if err := Serve(ctx, options(home.Home(dir))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func beCaller(dir string) int {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	s, err := client.EnsureDaemon(ctx, dir, os.Args[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(s.PID)
	return 0
}

// options confine where a launcher lies beside the home folder; no other way leads into a daemon's process, whose
// environment is made anew.
func options(h home.Home) Options {
	opt := Options{Home: h, UserHome: filepath.Dir(string(h)), Build: "test", Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if path := filepath.Join(opt.UserHome, "writ-exec"); executable(path) {
		opt.Launcher = path
	}
	return opt
}

func executable(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.Mode().IsRegular() && fi.Mode()&0o111 != 0
}

// world is a person's home folder with a project in it, and a daemon that serves it.
type world struct {
	t       testing.TB
	home    home.Home
	project string
	n       int
}

// newWorld makes the folders, nothing runs yet.
func newWorld(t testing.TB) *world {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, home: home.Home(filepath.Join(dir, ".writ")), project: filepath.Join(dir, "repo")}
	if err := os.MkdirAll(w.project, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := w.home.Ensure(); err != nil {
		t.Fatal(err)
	}
	return w
}

// serving runs a daemon inside the test.
func serving(t testing.TB, change func(*world, *Options)) *world {
	t.Helper()
	w := newWorld(t)
	opt := options(w.home)
	if change != nil {
		change(w, &opt)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, opt) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil && !strings.Contains(err.Error(), "audit log has failed") {
			t.Errorf("the daemon ended with: %v", err)
		}
	})
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		if _, err := client.Hook(string(w.home)).Status(t.Context()); err == nil {
			return w
		} else if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// process runs a daemon as a process of its own and gives its pid.
func (w *world) process() int {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer stop()
	s, err := client.EnsureDaemon(ctx, string(w.home), os.Args[0])
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if pid := Holder(w.home); pid > 0 {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	return s.PID
}

func (w *world) put(name, text string) string {
	w.t.Helper()
	path := filepath.Join(filepath.Dir(w.project), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// payload is a PreToolUse of the main thread, with an id of its own; fields replace or add.
func (w *world) payload(tool string, input map[string]any, fields map[string]any) map[string]any {
	w.n++
	p := map[string]any{"hook_event_name": "PreToolUse", "session_id": "S", "transcript_path": "", "cwd": w.project, "permission_mode": "default",
		"tool_name": tool, "tool_input": input, "tool_use_id": fmt.Sprintf("toolu_%d", w.n)}
	for k, v := range fields {
		p[k] = v
		if v == nil {
			delete(p, k)
		}
	}
	return p
}

func (w *world) bash(command string) map[string]any {
	return w.payload("Bash", map[string]any{"command": command}, nil)
}

// hook sends a payload as `writ claude` wires it: under the gate, in run R.
func (w *world) hook(p map[string]any) api.HookResponse {
	w.t.Helper()
	raw, err := json.Marshal(p)
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := client.Hook(string(w.home)).Hook(w.t.Context(), api.HookRequest{Host: "claude", Payload: raw, Project: w.project, Gate: true, Run: "R"})
	if err != nil {
		w.t.Fatal(err)
	}
	return resp
}

// said is what the host reads of an answer.
type said struct {
	Decision, Reason string
	Input            map[string]any
	Behavior         string
	Block            string
}

func (w *world) say(p map[string]any) said {
	w.t.Helper()
	r := w.hook(p)
	if r.Exit == 2 {
		return said{Decision: "exit 2", Reason: r.Stderr}
	}
	var out struct {
		Decision string
		Reason   string
		Specific struct {
			Decision string                    `json:"permissionDecision"`
			Reason   string                    `json:"permissionDecisionReason"`
			Input    map[string]any            `json:"updatedInput"`
			Dialog   struct{ Behavior string } `json:"decision"`
		} `json:"hookSpecificOutput"`
	}
	if r.Stdout != "" {
		if err := json.Unmarshal([]byte(r.Stdout), &out); err != nil {
			w.t.Fatalf("%v: %q", err, r.Stdout)
		}
	}
	return said{out.Specific.Decision, out.Specific.Reason + out.Reason, out.Specific.Input, out.Specific.Dialog.Behavior, out.Decision}
}

// prompt asks like the permission prompt tool.
func (w *world) prompt(p map[string]any, input any) api.PermissionResponse {
	w.t.Helper()
	raw, err := json.Marshal(input)
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := client.Hook(string(w.home)).Permission(w.t.Context(), api.PermissionRequest{
		Host: "claude", Run: "R", ToolUseID: p["tool_use_id"].(string), Tool: p["tool_name"].(string), Input: raw})
	if err != nil {
		w.t.Fatal(err)
	}
	return resp
}

func (w *world) approvals() []api.Approval {
	w.t.Helper()
	var list []api.Approval
	if err := client.Admin(string(w.home)).Do(w.t.Context(), "GET", api.PathApprovals, nil, &list); err != nil {
		w.t.Fatal(err)
	}
	return list
}

func (w *world) decide(id, verb, why string) error {
	var a api.Approval
	return client.Admin(string(w.home)).Do(w.t.Context(), "POST", api.PathApprovals+"/"+id+"/"+verb, api.Answer{Why: why}, &a)
}

func (w *world) run() api.Run {
	w.t.Helper()
	var r api.Run
	if err := client.Hook(string(w.home)).Do(w.t.Context(), "GET", api.PathRuns+"R", nil, &r); err != nil {
		w.t.Fatal(err)
	}
	return r
}

// records reads the log.
func (w *world) records(f audit.Filter) []audit.Record {
	w.t.Helper()
	var out []audit.Record
	for r, err := range audit.Read(w.home.Audit(), f) {
		if err != nil {
			w.t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func (w *world) incidents(rule string) int {
	return len(w.records(audit.Filter{Kinds: []audit.Kind{audit.KindIncident}, Rule: rule}))
}
