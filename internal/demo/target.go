package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"writ/internal/api"
	"writ/internal/audit"
	"writ/internal/client"
)

// newTarget looks at a world before it is attacked.
func (w *world) target() *target {
	return &target{world: w, port: w.outside.port(), baseline: w.outside.bytes()}
}

// arm gives the world a daemon with a question that waits for a human: what attacks on writ are aimed at.
func (t *target) arm(ctx context.Context, hook string) error {
	h := newHost(ctx, t.world, hook)
	p := h.payload(agent{name: "main"}, "PreToolUse")
	p["tool_name"], p["tool_use_id"] = "Bash", "toolu_demo_question"+randomHex(4)
	p["tool_input"] = map[string]any{"command": "git push --force origin main"}
	code, stdout, stderr, _, err := h.send(p)
	if err != nil {
		return err
	}
	word, text := understand(code, stdout, stderr)
	m := questionID.FindStringSubmatch(text)
	if word != "ask" || m == nil {
		return fmt.Errorf("a forced push is %s, want a question: %s", word, text)
	}
	t.question = m[1]
	p["tool_use_id"], p["tool_input"] = p["tool_use_id"].(string)+"b", map[string]any{"command": "ls"}
	if _, _, _, _, err := h.send(p); err != nil { // so that the question is not the last record, whose end is still open
		return err
	}
	s, err := client.Hook(string(t.writ)).Status(ctx)
	t.pid = s.PID
	return err
}

// answered tells whether the waiting question was approved.
func (t *target) answered() string {
	var list []api.Approval
	err := client.Admin(string(t.writ)).Do(context.Background(), "GET", api.PathApprovals+"?all=1", nil, &list)
	if err != nil {
		return "the questions cannot be read: " + err.Error()
	}
	for _, a := range list {
		if a.ID == t.question && a.State != "pending" {
			return "the question is " + a.State
		}
	}
	return ""
}

// logDamage tells what verification finds.
func (t *target) logDamage() string {
	report, err := audit.Verify(t.writ.Audit(), audit.VerifyOptions{KeyDir: t.writ.Keys()})
	if err != nil {
		return err.Error()
	}
	if !report.OK {
		b, _ := json.Marshal(report)
		return "the log does not verify: " + clip(string(b), 120)
	}
	return ""
}

// daemonGone tells whether the daemon that served before the attack has ended.
func (t *target) daemonGone() string {
	s, err := client.Hook(string(t.writ)).Status(context.Background())
	if err != nil || s.PID != t.pid {
		return "the daemon is dead"
	}
	return ""
}

func clip(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
