package config

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"writ/internal/egress"
)

var update = flag.Bool("update", false, "rewrite the reference documents")

// TestLayers joins the three files.
func TestLayers(t *testing.T) {
	def := Default()
	for name, tc := range map[string]struct {
		user, org, repo string
		want            func(*Config)
	}{
		"none":                        {want: func(*Config) {}},
		"user loosens":                {user: `{"limits":{"repeats":9},"ask_wait":"5m"}`, want: func(c *Config) { c.Repeats, c.AskWait = 9, 5*time.Minute }},
		"organisation bounds":         {user: `{"limits":{"repeats":9}}`, org: `{"limits":{"repeats":2}}`, want: func(c *Config) { c.Repeats = 2 }},
		"organisation's own default":  {org: `{"limits":{"repeats":7}}`, want: func(c *Config) { c.Repeats = 7 }},
		"user below the organisation": {user: `{"limits":{"repeats":1}}`, org: `{"limits":{"repeats":2}}`, want: func(c *Config) { c.Repeats = 1 }},
		"repository tightens":         {repo: `{"limits":{"calls_per_minute":10}}`, want: func(c *Config) { c.CallsPerMinute = 10 }},
		"repository cannot loosen":    {repo: `{"limits":{"calls_per_minute":5000},"ask_wait":"10m"}`, want: func(*Config) {}},
		"organisation pins a switch":  {user: `{"rewrite_tag":false}`, org: `{"rewrite_tag":true}`, want: func(*Config) {}},
		"user turns a switch off":     {user: `{"rewrite_tag":false}`, want: func(c *Config) { c.RewriteTag = false }},
		"organisation keeps longer":   {user: `{"audit_keep_days":5,"snapshot_keep":0}`, org: `{"audit_keep_days":90}`, want: func(c *Config) { c.AuditKeep, c.SnapshotKeep = 90*24*time.Hour, 0 }},
		"organisation keeps all":      {user: `{"audit_keep_days":5}`, org: `{"audit_keep_days":0}`, want: func(*Config) {}},
		"user's lists": {user: `{"sandbox":{"write":["~/.cache/x","data"],"missing":"overlay"},"egress":{"allow":["a.example:443"],"presets":[]}}`, want: func(c *Config) {
			c.Sandbox.Write, c.Sandbox.Missing, c.Egress.Allow, c.Egress.Presets = []string{"~/.cache/x", "data"}, "overlay", []string{"a.example:443"}, []string{}
		}},
		"organisation's list is the default": {org: `{"egress":{"presets":["go"]}}`, want: func(c *Config) { c.Egress.Presets = []string{"go"} }},
		"organisation bounds a list":         {user: `{"egress":{"allow":["a.x.example:443","x.example:443","b.example:22","c.example:443"]}}`, org: `{"egress":{"allow":["*.X.example:443","b.example:*"]}}`, want: func(c *Config) { c.Egress.Allow = []string{"a.x.example:443", "b.example:22"} }},
		"organisation bounds paths":          {user: `{"sandbox":{"show":["/data/a","/database","~/.ssh"]}}`, org: `{"sandbox":{"show":["/data"]}}`, want: func(c *Config) { c.Sandbox.Show = []string{"/data/a"} }},
		"organisation forbids a list":        {user: `{"sandbox":{"sockets":["/run/x.sock"]}}`, org: `{"sandbox":{"sockets":[]}}`, want: func(c *Config) { c.Sandbox.Sockets = []string{} }},
		"all hide":                           {user: `{"sandbox":{"hide":["/a"]}}`, org: `{"sandbox":{"hide":["/b","/a"]}}`, repo: `{"sandbox":{"hide":["secrets"]}}`, want: func(c *Config) { c.Sandbox.Hide = []string{"/a", "/b", "secrets"} }},
		"a level is raised":                  {user: `{"sandbox":{"level":"landlock"}}`, repo: `{"sandbox":{"level":"full"}}`, want: func(c *Config) { c.Sandbox.Level = "full" }},
		"a level is not lowered":             {user: `{"sandbox":{"level":"full"}}`, repo: `{"sandbox":{"level":"observe","missing":"folder","trace":true,"processes":0}}`, want: func(c *Config) { c.Sandbox.Level = "full" }},
		"zero is no bound":                   {user: `{"sandbox":{"memory_mb":0,"processes":0}}`, org: `{"sandbox":{"memory_mb":512}}`, repo: `{"sandbox":{"wall":"90s"}}`, want: func(c *Config) { c.Sandbox.MemoryMB, c.Sandbox.Processes, c.Sandbox.Wall = 512, 0, 90*time.Second }},
		"caches are a loosening":             {repo: `{"sandbox":{"caches":false,"warm_minutes":5},"egress":{"ask":false,"outer":"host"}}`, want: func(c *Config) { c.Sandbox.Caches, c.Egress.Ask, c.Sandbox.Warm = false, false, 5*time.Minute }},
		"editor's key":                       {user: `{"$schema":"x","limits":{}}`, want: func(*Config) {}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			want := def
			tc.want(&want)
			got, err := Load(put(t, dir, "user.json", tc.user), put(t, dir, "org.json", tc.org), repo(t, dir, tc.repo))
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, want)
			}
		})
	}
}

func put(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if text == "" {
		return path
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func repo(t *testing.T, dir, text string) string {
	put(t, dir, Repository, text)
	return dir
}

// TestMistakes names file, line and the nearest valid key.
func TestMistakes(t *testing.T) {
	for name, tc := range map[string]struct{ user, repo, want string }{
		"misspelt":            {user: "{\n \"ask_wiat\": \"5s\"}", want: `user.json:2: unknown setting "ask_wiat", nearest is "ask_wait"`},
		"misspelt in group":   {user: `{"limits":{"repeat":1}}`, want: `unknown setting "limits.repeat", nearest is "limits.repeats"`},
		"case counts":         {user: `{"Ask_wait":"1s"}`, want: `nearest is "ask_wait"`},
		"twice":               {user: `{"ask_wait":"1s","ask_wait":"2s"}`, want: `"ask_wait" is given twice`},
		"wrong type":          {user: "{\n\n\"ask_wait\": 5}", want: `user.json:3: ask_wait: found 5, want a duration`},
		"null":                {user: `{"ask_wait":null}`, want: "want a duration"},
		"repository forgets":  {repo: `{"audit_keep_days":1}`, want: `"audit_keep_days" cannot be set by a repository`},
		"out of range":        {user: `{"limits":{"repeats":0}}`, want: "out of range, want a whole number from 1 to 100"},
		"group as a value":    {user: `{"limits":3}`, want: "want a JSON object of settings"},
		"no object":           {user: `[]`, want: "want a JSON object of settings"},
		"cut off":             {user: `{"ask_wait":"1s"`, want: "ends inside the settings"},
		"more after":          {user: `{} {}`, want: "more follows"},
		"list in a repo":      {repo: `{"egress":{"allow":["a.example:443"]}}`, want: `"egress.allow" cannot be set by a repository`},
		"shown by a repo":     {repo: `{"sandbox":{"show":["~/.ssh"]}}`, want: `"sandbox.show" cannot be set by a repository`},
		"no list":             {user: `{"egress":{"allow":"a.example:443"}}`, want: "want a list of strings"},
		"null in a list":      {user: `{"egress":{"allow":[null]}}`, want: "entry 1 is null"},
		"null for a list":     {user: `{"egress":{"allow":null}}`, want: "want a list of strings"},
		"twice in a list":     {user: `{"egress":{"allow":["a.example","a.example"]}}`, want: `"a.example" is given twice`},
		"scheme in a rule":    {user: `{"egress":{"allow":["https://a.example"]}}`, want: `found "https://a.example", want`},
		"pattern in a path":   {user: `{"sandbox":{"hide":["/a/*"]}}`, want: `found "/a/*", want paths`},
		"way up in a path":    {user: `{"sandbox":{"write":["../x"]}}`, want: `found "../x"`},
		"everything":          {user: `{"sandbox":{"write":["/"]}}`, want: `found "/"`},
		"the home folder":     {user: `{"sandbox":{"write":["~/"]}}`, want: `found "~/"`},
		"home and absolute":   {user: `{"sandbox":{"write":["~//etc"]}}`, want: `found "~//etc"`},
		"unknown word":        {user: `{"sandbox":{"level":"ful"}}`, want: `sandbox.level: found "ful", want one of ["observe" "landlock" "full"]`},
		"unknown ecosystem":   {user: `{"egress":{"presets":["pyton"]}}`, want: `unknown entry "pyton", nearest is "python"`},
		"misspelt list":       {user: `{"egress":{"alow":[]}}`, want: `nearest is "egress.allow"`},
		"user-only in a repo": {repo: `{"rewrite_tag":false}`, want: `"rewrite_tag" cannot be set by a repository`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := Load(put(t, dir, "user.json", tc.user), "", repo(t, dir, tc.repo))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want …%s…", err, tc.want)
			}
		})
	}
}

// TestDocuments keeps the schema and the reference page what Keys say.
func TestDocuments(t *testing.T) {
	for name, want := range map[string][]byte{"config.schema.json": Schema(), "config.md": Reference()} {
		path := filepath.Join("..", "..", "docs", "reference", name)
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the code says (%v): run go test ./internal/config -update", name, err)
		}
	}
}

// TestSchema agrees with the reader about good and bad files.
func TestSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	for text, good := range map[string]bool{
		`{}`: true,
		`{"ask_wait":"2m30s","rewrite_tag":true}`:                         true,
		`{"limits":{"calls_per_minute":1}}`:                               true,
		`{"limits":{"calls_per_minute":0}}`:                               false,
		`{"limits":{"calls":1}}`:                                          false,
		`{"ask_wait":5}`:                                                  false,
		`{"ask_wait":"soon"}`:                                             false,
		`{"rewrite_tag":"yes"}`:                                           false,
		`{"other":1}`:                                                     false,
		`{"sandbox":{"level":"full"}}`:                                    true,
		`{"sandbox":{"level":"most"}}`:                                    false,
		`{"sandbox":{"hide":["/a b","c"]}}`:                               true,
		`{"sandbox":{"hide":["a*"]}}`:                                     false,
		`{"sandbox":{"hide":["a\u0000"]}}`:                                false,
		`{"egress":{"allow":["*.a.example:443","[::1]:8080","b","c:*"]}}`: true,
		`{"egress":{"allow":["a:443:1"]}}`:                                false,
		`{"egress":{"allow":[1]}}`:                                        false,
		`{"egress":{"allow":["a","a"]}}`:                                  false,
		`{"egress":{"presets":["go","npm"]}}`:                             true,
		`{"egress":{"presets":["cobol"]}}`:                                false,
	} {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		_, perr := parse("f", []byte(text), false)
		if serr := schema.Validate(v); (serr == nil) != good || (perr == nil) != good {
			t.Errorf("%s: schema says %v, reader says %v, want good=%t", text, serr, perr, good)
		}
	}
}

// TestEcosystems holds the words of egress.presets to what the proxy has.
func TestEcosystems(t *testing.T) {
	if have := slices.Sorted(maps.Keys(egress.Presets)); !slices.Equal(have, ecosystems.Words) {
		t.Errorf("the configuration knows %v, the proxy %v", ecosystems.Words, have)
	}
	for _, k := range egressKeys {
		if k.Items == hosts {
			for _, rules := range egress.Presets {
				raw, err := json.Marshal(rules)
				if _, verr := k.value(raw); err != nil || verr != nil {
					t.Errorf("%s: %v %v", raw, err, verr)
				}
			}
		}
	}
}

// TestResolve gives the places that entries name.
func TestResolve(t *testing.T) {
	for entry, want := range map[string]string{"/a/b": "/a/b", "~/x": "/home/u/x", "data": "/p/data"} {
		if got := Resolve(entry, "/home/u", "/p"); got != want {
			t.Errorf("%s is %s, want %s", entry, got, want)
		}
	}
}
