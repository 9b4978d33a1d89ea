package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"writ/internal/event"
	"writ/internal/modelapi"
)

// terminal is a person's terminal with an interactive session in it.
type terminal struct {
	w    *world
	name string
}

// open starts a program in a terminal of its own, for somebody who has used the CLI here before.
func (w *world) open(program string, args ...string) *terminal {
	w.t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		if os.Getenv("CI") == "true" {
			w.t.Fatal("in CI nothing is skipped: tmux is missing")
		}
		w.t.Skip("tmux is missing: make deps installs it")
	}
	w.write(w.home+"/.claude.json", `{"hasCompletedOnboarding":true,"theme":"dark","bypassPermissionsModeAccepted":true,
		"customApiKeyResponses":{"approved":["`+key[len(key)-20:]+`"],"rejected":[]},
		"projects":{"`+w.repo+`":{"hasTrustDialogAccepted":true,"hasCompletedProjectOnboarding":true}}}`)
	term := &terminal{w: w, name: filepath.Base(filepath.Dir(w.home))}
	w.env = append(w.env, "TMUX_TMPDIR="+filepath.Dir(w.home), "CLAUDE_CODE_EXPERIMENTAL_AGENT_TEAMS=1")
	line := program
	for _, a := range args {
		line += " '" + a + "'"
	}
	r := term.tmux("-f", "/dev/null", "new-session", "-d", "-x", "200", "-y", "50", line+" 2>"+w.home+"/stderr.txt")
	if r.code != 0 {
		w.t.Fatalf("tmux: %v", r)
	}
	w.t.Cleanup(func() {
		if w.t.Failed() {
			w.t.Logf("the screen:\n%s\nstderr: %s\n%s", term.screen(), w.read("~/stderr.txt"), w.results())
		}
		term.keys("/exit", "Enter")
		time.Sleep(500 * time.Millisecond)
		term.tmux("kill-server")
	})
	return term
}

func (t *terminal) tmux(args ...string) result {
	return t.w.run(exec.Command("tmux", append([]string{"-L", t.name}, args...)...))
}

func (t *terminal) screen() string      { return t.tmux("capture-pane", "-p").out }
func (t *terminal) keys(keys ...string) { t.tmux(append([]string{"send-keys"}, keys...)...) }
func (t *terminal) shows(s string) bool { return strings.Contains(t.screen(), s) }

// until waits for something to come true.
func (w *world) until(what string, ok func() bool) {
	w.t.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(150 * time.Millisecond) {
		if ok() {
			return
		}
	}
	w.t.Fatalf("waited in vain until %s", what)
}

// proceed is what the CLI's own dialog asks.
const proceed = "Do you want to proceed?"

// TestDialogAnsweredByWrit: what policy can answer waits for nobody, neither what it allows nor what it denies.
// (The host may draw its dialog for the moment that the hook takes.)
func TestDialogAnsweredByWrit(t *testing.T) {
	need(t)
	t.Parallel()
	w := newWorld(t)
	w.bash("echo two > two.txt", deed)
	term := w.open("writ claude", "go")
	w.until("the deed was answered", func() bool { return w.told("toolu_02") != "" }) // nobody presses a key
	if term.shows(proceed) || !w.exists("two.txt") || w.done() || !strings.Contains(w.told("toolu_02"), "writ: ") {
		t.Errorf("two.txt %v, done %v", w.exists("two.txt"), w.done())
	}
}

// TestPersonsDialog: what policy leaves to a person is asked by the CLI's own dialog.
func TestPersonsDialog(t *testing.T) {
	need(t)
	t.Parallel()
	w := newWorld(t)
	w.remote()
	w.bash(outward)
	term := w.open("writ claude", "go")
	w.until("the dialog shows", func() bool { return term.shows(proceed) })
	if w.happened() {
		t.Error("it ran before the person said yes")
	}
	term.keys("Enter")
	w.until("it ran", w.happened)
}

// team plays a lead that starts alice, who does something honest and then the deed.
func (w *world) team() {
	w.model.Play("main", modelapi.Turn{Calls: []modelapi.Call{{ID: "toolu_spawn", Name: "Agent", Input: map[string]any{
		"description": "work", "prompt": "[[alice]] do it", "subagent_type": "general-purpose", "name": "alice"}}}}, modelapi.Turn{Text: "started"})
	w.model.Play("alice", one("toolu_a1", deed), one("toolu_a2", "echo alice > alice.txt"))
}

func TestTeammate(t *testing.T) {
	need(t)
	for mode, kind := range map[string]event.Kind{"in-process": event.TeammateInProcess, "tmux": event.TeammatePane} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			before := newWorld(t)
			before.team()
			before.open(cli, "go", "--dangerously-skip-permissions", "--teammate-mode", mode)
			before.until("without writ it happens", before.done)

			w := newWorld(t)
			w.team()
			term := w.open("writ claude", "go", "--teammate-mode", mode)
			w.until("the deed was answered", func() bool { return w.told("toolu_a1") != "" })
			if w.done() || !strings.Contains(w.told("toolu_a1"), "writ: ") {
				t.Errorf("done %v, told %q", w.done(), w.told("toolu_a1"))
			}
			w.logged(kind)
			if mode == "tmux" {
				w.inSameView()
			}
			w.until("honest work is done", func() bool {
				// The host shows a pane teammate's questions in the lead's window, past the hook that answers.
				if mode == "tmux" && term.shows(proceed) {
					term.keys("Enter")
				}
				return w.exists("alice.txt")
			})
		})
	}
}

// inSameView checks that the teammate's own process sees the managed settings of the lead's namespace.
func (w *world) inSameView() {
	w.t.Helper()
	found, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		w.t.Fatal(err)
	}
	n := 0
	for _, path := range found {
		args, _ := os.ReadFile(path)
		cwd, _ := os.Readlink(filepath.Join(filepath.Dir(path), "cwd"))
		if cwd != w.repo || !strings.Contains(string(args), "\x00--agent-name\x00alice") {
			continue
		}
		n++
		mine, _ := os.Readlink("/proc/self/ns/mnt")
		its, err := os.Readlink(filepath.Join(filepath.Dir(path), "ns/mnt"))
		if err != nil || its == mine {
			w.t.Errorf("%s: mount namespace %q (%v), the test's own is %q", path, its, err, mine)
		}
	}
	if n == 0 {
		w.t.Error("no process of the teammate was found")
	}
}
