package daemon

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"writ/internal/api"
	"writ/internal/audit"
	"writ/internal/client"
)

// TestOneDaemon: a thousand callers in this process and fifty processes come at once; one daemon results.
func TestOneDaemon(t *testing.T) {
	w := newWorld(t)
	t.Cleanup(func() { syscall.Kill(Holder(w.home), syscall.SIGKILL) })
	var mu sync.Mutex
	pids := map[string]int{}
	add := func(pid string, err error) {
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			pids["error: "+err.Error()]++
			return
		}
		pids[pid]++
	}
	var wg sync.WaitGroup
	for range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out, err := exec.Command(os.Args[0], "ensure", string(w.home)).CombinedOutput()
			if err != nil {
				err = fmt.Errorf("%w: %s", err, out)
			}
			add(strings.TrimSpace(string(out)), err)
		}()
	}
	for range 1000 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ctx, stop := context.WithTimeout(context.Background(), time.Minute)
			defer stop()
			s, err := client.EnsureDaemon(ctx, string(w.home), os.Args[0])
			add(fmt.Sprint(s.PID), err)
		}()
	}
	wg.Wait()
	if len(pids) != 1 || pids[fmt.Sprint(Holder(w.home))] != 1050 {
		t.Errorf("callers saw %v, want 1050 times the process %d", pids, Holder(w.home))
	}
	if n := len(w.records(audit.Filter{Kinds: []audit.Kind{audit.KindDaemon}})); n != 1 {
		t.Errorf("%d daemons wrote that they started, want 1", n)
	}
}

// kills is how often the daemon is killed under load.
const kills = 200

// TestKilledUnderLoad kills the daemon again and again while eight agents ask: every answered call has its
// record, and the log verifies.
func TestKilledUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a daemon 200 times, up to a minute")
	}
	w := newWorld(t)
	w.put(".writ/config.json", `{"limits":{"calls_per_minute":100000}}`)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var mu sync.Mutex
	answered := map[string]bool{}
	var wg sync.WaitGroup
	for agent := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := 0; ctx.Err() == nil; n++ {
				id := fmt.Sprintf("toolu_%d_%d", agent, n)
				if ask(ctx, w, id) {
					mu.Lock()
					answered[id] = true
					mu.Unlock()
				}
			}
		}()
	}
	killed := map[int]bool{}
	for len(killed) < kills {
		s, err := client.EnsureDaemon(ctx, string(w.home), os.Args[0])
		if err != nil {
			t.Errorf("start after %d kills: %v", len(killed), err)
			break
		}
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
		if syscall.Kill(s.PID, syscall.SIGKILL) == nil {
			killed[s.PID] = true
		}
	}
	w.process()
	stop()
	wg.Wait()
	w.check(answered)
	t.Logf("%d kills, %d answered calls, every one recorded", len(killed), len(answered))
}

// ask sends one call and tells whether it was answered.
func ask(ctx context.Context, w *world, id string) bool {
	raw, err := json.Marshal(map[string]any{"hook_event_name": "PreToolUse", "session_id": "S", "cwd": w.project,
		"tool_name": "Bash", "tool_input": map[string]any{"command": "ls"}, "tool_use_id": id})
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	resp, err := client.Hook(string(w.home)).Hook(ctx, api.HookRequest{Host: "claude", Payload: raw, Project: w.project, Gate: true})
	if err != nil {
		time.Sleep(time.Millisecond)
		return false
	}
	return resp.Exit == 0
}

// check finds the record of every answered call and verifies the log.
func (w *world) check(answered map[string]bool) {
	w.t.Helper()
	if len(answered) < kills {
		w.t.Errorf("only %d calls were answered: the load is too small to prove anything", len(answered))
	}
	recorded := map[string]bool{}
	for _, r := range w.records(audit.Filter{Kinds: []audit.Kind{audit.KindDecision}}) {
		recorded[r.ToolUseID] = true
	}
	for id := range answered {
		if !recorded[id] {
			w.t.Errorf("call %s was answered and has no record", id)
		}
	}
	if rep, err := audit.Verify(w.home.Audit(), audit.VerifyOptions{KeyDir: w.home.Keys()}); err != nil || !rep.OK {
		w.t.Errorf("the log does not verify: %v %+v", err, rep)
	}
}
