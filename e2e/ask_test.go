package e2e

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"writ/internal/api"
)

// outward overwrites what others may have: a person decides. remote prepares it and happened looks for it.
const outward = "git push --force origin HEAD:refs/heads/forced"

func (w *world) remote() {
	w.sh("git init -q --bare ../remote.git && git remote add origin ../remote.git && git push -q origin HEAD:refs/heads/main")
}

func (w *world) happened() bool { return w.exists("../remote.git/refs/heads/forced") }

// pending waits until the daemon has a question for the person.
func (w *world) pending() *api.Approval {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		out, err := exec.Command(bin+"/writ", "--home", w.home+"/.writ", "approvals", "--json").Output()
		var list []api.Approval
		if err == nil && json.Unmarshal(out, &list) == nil && len(list) > 0 {
			return &list[0]
		}
	}
	return nil
}

// answer gives the person's word on the first question.
func (w *world) answer(word ...string) chan string {
	done := make(chan string, 1)
	go func() {
		a := w.pending()
		if a == nil {
			done <- "no question came"
			return
		}
		out, err := exec.Command(bin+"/writ", append([]string{"--home", w.home + "/.writ", word[0], a.ID}, word[1:]...)...).CombinedOutput()
		if err != nil {
			done <- err.Error() + ": " + string(out)
			return
		}
		done <- ""
	}()
	return done
}

func TestAskApproved(t *testing.T) {
	need(t)
	t.Parallel()
	w := newWorld(t)
	w.remote()
	w.bash(outward)
	answered := w.answer("approve")
	r := w.writ()
	if why := <-answered; why != "" || r.code != 0 || !w.happened() || !strings.Contains(r.err, "1 approved") {
		t.Errorf("%s: %v\n%s", why, r, w.results())
	}
}

func TestAskRejected(t *testing.T) {
	need(t)
	t.Parallel()
	w := newWorld(t)
	w.remote()
	w.bash(outward)
	answered := w.answer("reject", "--why", "not there")
	r := w.writ()
	if why := <-answered; why != "" || r.code != 3 || w.happened() || !strings.Contains(w.told("toolu_01"), "not there") {
		t.Errorf("%s: %v\n%s", why, r, w.results())
	}
}

// TestAskTimesOut: nobody answers, so the call is refused, and the run does not look like success.
func TestAskTimesOut(t *testing.T) {
	need(t)
	t.Parallel()
	w := newWorld(t)
	w.write(w.home+"/.writ/config.json", `{"ask_wait":"2s"}`)
	w.sh("chmod 700 ~/.writ")
	w.remote()
	w.bash(outward, "echo on > on.txt")
	r := w.writ()
	if r.code != 3 || w.happened() || !w.exists("on.txt") || !strings.Contains(r.err, "1 without an answer") {
		t.Errorf("%v\n%s", r, w.results())
	}
}

// TestAgentCannotApprove: the agent tries to answer the question about its own call.
func TestAgentCannotApprove(t *testing.T) {
	need(t)
	t.Parallel()
	w := newWorld(t)
	w.write(w.home+"/.writ/config.json", `{"ask_wait":"1s"}`)
	w.sh("chmod 700 ~/.writ")
	w.remote()
	w.bash(outward, "writ approve $(writ approvals --json | grep -o '\"id\": *\"[^\"]*\"' | cut -d'\"' -f4); curl -s --unix-socket ~/.writ/run/admin/admin.sock http://writ/v1/approvals", outward)
	r := w.writ()
	if w.happened() || r.code == 0 {
		t.Errorf("%v\n%s", r, w.results())
	}
}

// TestRewriting: what runs is what writ made of the call, and it says who runs it.
func TestRewriting(t *testing.T) {
	need(t)
	t.Parallel()
	w := newWorld(t)
	w.bash(`echo "$WRIT_AGENT" > who.txt`)
	if r := w.writ(); w.read("who.txt") != "main\n" {
		t.Errorf("got %q, want main: %v\n%s", w.read("who.txt"), r, w.results())
	}
}

// TestWallsInside: what the namespace itself holds, whatever the policy says. A hook of the person's own
// settings looks around, because it runs in the session without any verdict; so this also shows that such
// hooks are carried along.
func TestWallsInside(t *testing.T) {
	need(t)
	t.Parallel()
	w := newWorld(t)
	w.write(w.home+"/walls.sh", `#!/bin/bash
umount /etc 2>/dev/null && echo "etc unmounted"
umount /etc/claude-code 2>/dev/null && echo "managed settings unmounted"
(echo x > /etc/claude-code/managed-settings.d/~writ.json) 2>/dev/null && echo "managed settings written"
rm /etc/claude-code/managed-settings.d/~writ.json 2>/dev/null && echo "managed settings removed"
(echo x > "$HOME/.writ/config.json") 2>/dev/null && echo "config written"
rm "$HOME/.writ/bin/writ-hook" 2>/dev/null && echo "hook removed"
ls "$HOME"/.writ/state/keys/* 2>/dev/null && echo "keys seen"
test -S "$HOME/.writ/run/admin/admin.sock" && echo "admin socket seen"
for p in /proc/[0-9]*; do
	test -e $p/root/etc/passwd && ! test -e $p/root/etc/claude-code && echo "another view by $p"
done
unshare -Urm umount /etc 2>/dev/null && echo "unmounted one level down"
test -e /etc/claude-code/managed-settings.d/~writ.json && echo "in force"
`)
	w.write(w.home+"/.claude/settings.json", `{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"bash ~/walls.sh > ~/walls.txt"}]}]}}`)
	r := w.writ()
	if got := w.read("~/walls.txt"); got != "in force\n" {
		t.Errorf("got %q\n%v\n%s", got, r, w.results())
	}
}
