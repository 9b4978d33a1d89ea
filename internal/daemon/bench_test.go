package daemon

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"writ/internal/api"
	"writ/internal/client"
)

// BenchmarkDecision is a whole answer of the daemon: connection, decision, durable record, rewriting.
func BenchmarkDecision(b *testing.B) {
	w := serving(b, func(w *world, _ *Options) { w.put(".writ/config.json", `{"limits":{"calls_per_minute":100000}}`) })
	raw, err := json.Marshal(w.bash("go test ./... && git status --short | head -20"))
	if err != nil {
		b.Fatal(err)
	}
	req := api.HookRequest{Host: "claude", Payload: raw, Project: w.project, Gate: true}
	for b.Loop() {
		if _, err := client.Hook(string(w.home)).Hook(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSyncedWrite is what the disk alone costs: a record's bytes, written and synced.
func BenchmarkSyncedWrite(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	record := make([]byte, 700)
	for b.Loop() {
		if _, err := f.Write(record); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
}
