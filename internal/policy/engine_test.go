package policy

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"writ/internal/effect"
	"writ/internal/event"
	"writ/internal/pipeline"
	"writ/internal/verdict"
)

// layers writes policy texts into folders and loads them.
func layers(t *testing.T, texts map[Layer]string) (*Engine, error) {
	t.Helper()
	dirs := map[Layer]string{}
	for l, text := range texts {
		dirs[l] = t.TempDir()
		if err := os.WriteFile(filepath.Join(dirs[l], "a.cedar"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Load(Options{Organisation: dirs[Organisation], User: dirs[User], Repository: dirs[Repository]})
}

func judge(e *Engine, effects ...effect.Effect) verdict.Verdict {
	return e.Judge(context.Background(), pipeline.Case{Event: event.Event{Tool: "Bash"}, Effects: effects})
}

var (
	publish = effect.Effect{Kind: effect.PkgPublish, Target: "mylib"}
	secret  = effect.Effect{Kind: effect.FSRead, Path: "/home/dev/.aws/credentials", Zones: []string{"outside", "secret"}}
	code    = effect.Effect{Kind: effect.FSRead, Path: "/home/dev/app/a.go", Zones: []string{"project"}}
)

func TestLayers(t *testing.T) {
	const loosen = `@id("may-publish") @overrides("package-publish") permit (principal, action == Action::"pkg.publish", resource == Object::"mylib");`
	const tighten = `@id("no-reading") @reason("no") forbid (principal, action == Action::"fs.read", resource) when { context.path like "*.go" };`
	for _, tt := range []struct {
		name   string
		texts  map[Layer]string
		effect effect.Effect
		want   verdict.Effect
		rule   string
	}{
		{"built-in asks", nil, publish, verdict.Ask, "package-publish"},
		{"the user loosens a built-in", map[Layer]string{User: loosen}, publish, verdict.Allow, "may-publish"},
		{"so does the organisation", map[Layer]string{Organisation: loosen}, publish, verdict.Allow, "may-publish"},
		{"but for that object only", map[Layer]string{User: loosen}, effect.Effect{Kind: effect.PkgPublish, Target: "other"}, verdict.Ask, "package-publish"},
		{"a permit without @overrides lifts nothing", map[Layer]string{User: `@id("p") permit (principal, action, resource);`}, publish, verdict.Ask, "package-publish"},
		{"the floor stays", map[Layer]string{User: `@id("p") permit (principal, action, resource);`}, secret, verdict.Deny, "secret-file"},
		{"the repository tightens", map[Layer]string{Repository: tighten}, code, verdict.Deny, "no-reading"},
		{"the user does not lift what the repository forbids", map[Layer]string{Repository: tighten, User: `@id("p") permit (principal, action, resource);`}, code, verdict.Deny, "no-reading"},
		{"the organisation tightens what the user permits", map[Layer]string{Organisation: `@id("o") @effect("ask") @reason("r") forbid (principal, action == Action::"fs.read", resource);`, User: `@id("p") permit (principal, action, resource);`}, code, verdict.Ask, "o"},
	} {
		e, err := layers(t, tt.texts)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if v := judge(e, tt.effect); v.Effect != tt.want || v.Rule() != tt.rule {
			t.Errorf("%s: got %s by %q, want %s by %q", tt.name, v.Effect, v.Rule(), tt.want, tt.rule)
		}
	}
}

// One permitted effect must not carry another that nobody speaks of.
func TestOneUnspokenEffectAsks(t *testing.T) {
	e, err := layers(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	if v := judge(e, effect.Effect{Kind: effect.K8sRead}, effect.Effect{Kind: "brand.new"}); v.Effect != verdict.Ask {
		t.Errorf("got %s, want ask", v.Effect)
	}
	v := judge(e, effect.Effect{Kind: effect.NetConnect, Host: "example.com", Method: "GET"}, effect.Effect{Kind: effect.SecretRead, Target: "keychain"})
	if v.Effect != verdict.Deny {
		t.Errorf("got %s, want deny", v.Effect)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		layer      Layer
		want       []string
	}{
		{"action", `@id("a") @reason("r") forbid (principal, action == Action::"fs.raed", resource);`, User, []string{"a.cedar:1", `unknown action "fs.raed"`, `"fs.read"`}},
		{"zone", "@id(\"a\") @reason(\"r\")\nforbid (principal, action, resource)\nwhen { context.zones.contains(\"secrets\") };", User, []string{"a.cedar:3", `unknown zone "secrets"`, `"secret"`}},
		{"flag", `@id("a") @reason("r") forbid (principal, action, resource) when { context.flags.containsAny(["force", "recursiv"]) };`, User, []string{`unknown flag "recursiv"`, `"recursive"`}},
		{"attribute", `@id("a") @reason("r") forbid (principal, action, resource) when { context.hots == "x" };`, User, []string{`unknown attribute context.hots`, `"host"`}},
		{"principal", `@id("a") @reason("r") forbid (principal, action, resource) when { principal.rol == "x" };`, User, []string{`principal.rol`, `"role"`}},
		{"annotation", `@id("a") @reson("r") @reason("r") forbid (principal, action, resource);`, User, []string{`unknown annotation @reson`, `"reason"`}},
		{"no id", `@reason("r") forbid (principal, action, resource);`, User, []string{"a.cedar:1", "@id"}},
		{"no reason", `@id("a") forbid (principal, action, resource);`, User, []string{"@reason"}},
		{"effect", `@id("a") @reason("r") @effect("allow") forbid (principal, action, resource);`, User, []string{`@effect("allow")`}},
		{"type", `@id("a") @reason("r") forbid (principal, action, resource) when { context.port == "80" };`, User, []string{"a.cedar:1"}},
		{"syntax", "@id(\"a\")\nforbid (principal, action resource);", User, []string{"a.cedar", "2"}},
		{"twice", `@id("bypass") @reason("r") forbid (principal, action, resource);`, User, []string{`"bypass" is already defined`, "bypass.cedar"}},
		{"override of nothing", `@id("a") @overrides("package-publsh") permit (principal, action, resource);`, User, []string{`no rule "package-publsh"`, `"package-publish"`}},
		{"override of the floor", `@id("a") @overrides("secret-file") permit (principal, action, resource);`, User, []string{"floor"}},
		{"override of a later layer", `@id("a") @overrides("b") permit (principal, action, resource); @id("b") @reason("r") forbid (principal, action, resource);`, User, []string{"earlier layer"}},
		{"repository permit", `@id("a") permit (principal, action, resource);`, Repository, []string{"a repository's policy can only forbid"}},
		{"repository override", `@id("a") @overrides("package-publish") permit (principal, action, resource);`, Repository, []string{"a repository's policy can only forbid"}},
		{"resource", `@id("a") @reason("r") forbid (principal, action, resource is File);`, User, []string{"File", "Path, Host or Object"}},
		{"brackets", strings.Repeat("(", 5000), User, []string{"nested deeper"}},
	} {
		_, err := layers(t, map[Layer]string{tt.layer: tt.text})
		if err == nil {
			t.Errorf("%s: loaded, want an error", tt.name)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v\nwant it to say %s", tt.name, err, want)
			}
		}
	}
}

func TestProfile(t *testing.T) {
	dir := t.TempDir()
	text := `@id("strict") @profile("unattended") @reason("r") forbid (principal, action == Action::"fs.read", resource);`
	if err := os.WriteFile(filepath.Join(dir, "a.cedar"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for profile, want := range map[string]verdict.Effect{"": verdict.Allow, "unattended": verdict.Deny, "other": verdict.Allow} {
		e, err := Load(Options{User: dir, Profile: profile})
		if err != nil {
			t.Fatal(err)
		}
		if v := judge(e, code); v.Effect != want {
			t.Errorf("profile %q: got %s, want %s", profile, v.Effect, want)
		}
	}
}

// A rule that cannot be evaluated counts when it restricts and does not when it permits.
func TestBrokenRuleTightens(t *testing.T) {
	const overflow = `9223372036854775807 + context.port > 0`
	e, err := layers(t, map[Layer]string{User: `@id("f") @reason("r") forbid (principal, action == Action::"fs.list", resource) when { ` + overflow + ` };
@id("p") @overrides("package-publish") permit (principal, action == Action::"pkg.publish", resource) when { ` + overflow + ` };`})
	if err != nil {
		t.Fatal(err)
	}
	if v := judge(e, effect.Effect{Kind: effect.FSList, Port: 1}); v.Effect != verdict.Deny || v.Rule() != "f" {
		t.Errorf("forbid: got %s by %q, want deny by f", v.Effect, v.Rule())
	}
	if v := judge(e, effect.Effect{Kind: effect.PkgPublish, Port: 1}); v.Effect != verdict.Ask {
		t.Errorf("permit: got %s, want ask", v.Effect)
	}
}

// Every kind of effect is spoken of by some built-in rule or is inside by itself; none falls to the default.
func TestEveryKindHasARule(t *testing.T) {
	e, err := Load(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range effect.Kinds() {
		if v := judge(e, effect.Effect{Kind: k, Zones: []string{"project"}}); v.Rule() == pipeline.DefaultAsk {
			t.Errorf("%s: no built-in rule speaks of it", k)
		}
	}
}

// FuzzPolicyLoad feeds what a repository may hold: loading must not panic, and what loads must only tighten.
func FuzzPolicyLoad(f *testing.F) {
	f.Add(`@id("a") @reason("r") forbid (principal, action == Action::"fs.read", resource) when { context.zones.contains("secret") };`)
	f.Add(`@id("a") permit (principal, action, resource);`)
	f.Add(`@id("a") @effect("ask") @reason("r") forbid (principal, action in [Action::"git.push"], resource) unless { context.flags.contains("force") || context.port > 3 };`)
	f.Add("// nothing\n")
	base, err := Load(Options{})
	if err != nil {
		f.Fatal(err)
	}
	kinds := effect.Kinds()
	f.Fuzz(func(t *testing.T, text string) {
		own, err := Parse(Repository, "a.cedar", []byte(text))
		if err != nil || checkAll(append(append([]*Rule{}, base.rules...), own...)) != nil {
			return
		}
		e := newEngine(append(append([]*Rule{}, base.rules...), own...), "")
		for _, k := range kinds {
			x := effect.Effect{Kind: k, Zones: []string{"project"}, Flags: []string{"force"}}
			if before, after := judge(base, x).Effect, judge(e, x).Effect; after > before {
				t.Fatalf("%s: %s became %s by %q", k, before, after, text)
			}
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	e, err := Load(Options{})
	if err != nil {
		b.Fatal(err)
	}
	push := effect.Effect{Kind: effect.GitPush, Target: "origin", Flags: []string{"implicit"}}
	write := effect.Effect{Kind: effect.FSWrite, Path: "/home/dev/app/a.go", Zones: []string{"project"}, Flags: []string{"truncate"}}
	for _, bb := range []struct {
		name    string
		effects []effect.Effect
	}{{"push", []effect.Effect{push}}, {"write", []effect.Effect{write}}, {"exec", []effect.Effect{{Kind: effect.Exec, Target: "go"}}}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				judge(e, bb.effects...)
			}
		})
	}
}
