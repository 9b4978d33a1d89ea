package policy

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"writ/internal/effect"
	"writ/internal/event"
	"writ/internal/level"
	"writ/internal/pipeline"
	"writ/internal/verdict"
)

// containedRules are the built-in asks that level full answers. The list stands here a second time on purpose: a
// rule that joins it needs docs/adr/0012-contained-asks.md to be read again.
var containedRules = []string{"computed-code", "delete-found-temp", "delete-shared", "delete-unknown", "detached-request", "environment",
	"freeze", "listen-public", "named-pipe", "raw-connection", "temporary-program", "unresolved"}

func TestContainedRules(t *testing.T) {
	e, err := Load(Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range e.Rules() {
		if r.Contained == level.Observe {
			continue
		}
		got = append(got, r.ID)
		if r.Effect != verdict.Ask || r.Layer != Builtin || r.Contained != level.Full {
			t.Errorf("%s: %s of layer %s at %s, want an ask of the built-in layer at full", r.ID, r.Effect, r.Layer, r.Contained)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, containedRules) {
		t.Errorf("got  %v\nwant %v", got, containedRules)
	}
}

func TestContainedIsValidated(t *testing.T) {
	const rule = `@id("mine") @effect("EFFECT") @reason("r") @contained("LEVEL") forbid (principal, action == Action::"exec", resource);`
	for _, tt := range []struct {
		name, effect, level string
		layer               Layer
		want                string // part of the error; empty: valid
	}{
		{"the user's own ask", "ask", "full", User, ""},
		{"the organisation's ask", "ask", "landlock", Organisation, ""},
		{"a repository's ask", "ask", "full", Repository, "a repository's rule asks at every level"},
		{"a floor ask", "ask", "full", Floor, "a floor rule asks at every level"},
		{"a denial", "deny", "full", User, "stands on an ask only"},
		{"at observe", "ask", "observe", User, "want landlock or full"},
		{"no level", "ask", "", User, "want landlock or full"},
		{"an unknown level", "ask", "fulll", User, "want landlock or full"},
	} {
		text := strings.NewReplacer("EFFECT", tt.effect, "LEVEL", tt.level).Replace(rule)
		_, err := Parse(tt.layer, "a.cedar", []byte(text))
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	permit := `@id("mine") @contained("full") permit (principal, action == Action::"exec", resource);`
	if _, err := Parse(User, "a.cedar", []byte(permit)); err == nil {
		t.Error("a permit with @contained was read")
	}
}

// A repository's rule that got past the validation is still not marked.
func TestRepositoryIsNeverMarked(t *testing.T) {
	text := `@id("mine") @effect("ask") @reason("r") @contained("full") forbid (principal, action == Action::"exec", resource);`
	for layer, want := range map[Layer]string{Floor: "", Repository: "", User: "full", Organisation: "full"} {
		rules, err := parse(layer, "a.cedar", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		v := newEngine(rules, "").Judge(context.Background(), pipeline.Case{Event: event.Event{Tool: "Bash"}, Effects: []effect.Effect{{Kind: effect.Exec, Target: "x"}}})
		if v.Effect != verdict.Ask || len(v.Reasons) != 1 || v.Reasons[0].Contained != want {
			t.Errorf("%s: got %+v, want an ask marked %q", layer, v, want)
		}
	}
}

// A user's ask beside a contained one is a reason of its own, without a mark.
func TestUserAskIsNotMarked(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.cedar")
	if err := os.WriteFile(file, []byte(`@id("mine") @effect("ask") @reason("r") forbid (principal, action == Action::"unresolved", resource);`), 0o644); err != nil {
		t.Fatal(err)
	}
	e, err := Load(Options{Files: []string{file}})
	if err != nil {
		t.Fatal(err)
	}
	v := e.Judge(context.Background(), pipeline.Case{Effects: []effect.Effect{{Kind: effect.Unresolved}}})
	marks := map[string]string{}
	for _, r := range v.Reasons {
		marks[r.Rule] = r.Contained
	}
	if len(marks) != 2 || marks["unresolved"] != "full" || marks["mine"] != "" {
		t.Errorf("marks %v, want unresolved full and mine none", marks)
	}
}
