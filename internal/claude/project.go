package claude

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"writ/internal/durable"
)

// runsPrograms are variables that name a program or a file to run. A project that sets one would act without
// any verdict seeing it, and it cannot be pinned to nothing without breaking the tool that reads it.
var runsPrograms = words(`GIT_SSH GIT_SSH_COMMAND GIT_EXTERNAL_DIFF GIT_PROXY_COMMAND GIT_ASKPASS SSH_ASKPASS GIT_EDITOR
	GIT_SEQUENCE_EDITOR GIT_PAGER PAGER EDITOR VISUAL BROWSER GIT_CONFIG_COUNT GIT_CONFIG_PARAMETERS GIT_CONFIG_GLOBAL
	GIT_CONFIG_SYSTEM GIT_EXEC_PATH GIT_TEMPLATE_DIR GIT_DIR JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS MAVEN_OPTS
	GOFLAGS RUSTC RUSTC_WRAPPER CC CXX LESSOPEN LESSCLOSE MANPAGER SHELL HOME ZDOTDIR TMUX_TMPDIR CLAUDE_CONFIG_DIR
	ANTHROPIC_BASE_URL ANTHROPIC_AUTH_TOKEN HTTP_PROXY HTTPS_PROXY ALL_PROXY NODE_EXTRA_CA_CERTS`)

// maxText is what the host itself could still read. A project file that is more, or that never ends, is none.
const maxText = 512 << 20

// plainWord is a value that names a program found on the pinned PATH, or nothing.
var plainWord = regexp.MustCompile(`^[a-z0-9]*$`)

// settingsFile is the part of a settings file that the launcher looks at.
type settingsFile struct {
	Env   map[string]any             `json:"env"`
	Hooks map[string]json.RawMessage `json:"hooks"`
	// Sandbox is the host's own.
	Sandbox struct {
		Enabled bool `json:"enabled"`
	} `json:"sandbox"`
}

// hostSandbox names the files that switch the host's own sandbox on.
func hostSandbox(files ...string) []string {
	var out []string
	for _, path := range files {
		if s, err := readSettings(path); err == nil && s.Sandbox.Enabled {
			out = append(out, path)
		}
	}
	return out
}

func readSettings(path string) (settingsFile, error) {
	var s settingsFile
	data, err := durable.ReadFile(path, maxText)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// ProjectReport is what the launcher found in a project's own settings.
type ProjectReport struct {
	// Env names the variables that run programs, with the file: a start is refused over them.
	Env []string
	// Hooks counts the project's hooks, which do not run under writ.
	Hooks int
	// Unreadable names files that do not parse; the CLI ignores them.
	Unreadable []string
}

// LookAtProject reads the settings that a repository brings along.
func LookAtProject(project string) ProjectReport {
	var r ProjectReport
	for _, name := range []string{"settings.json", "settings.local.json"} {
		path := filepath.Join(project, ".claude", name)
		s, err := readSettings(path)
		if err != nil {
			r.Unreadable = append(r.Unreadable, err.Error())
			continue
		}
		for name, value := range s.Env {
			text, _ := value.(string)
			if runsPrograms[strings.ToUpper(name)] && !plainWord.MatchString(text) {
				r.Env = append(r.Env, fmt.Sprintf("%s in %s", name, path))
			}
		}
		for _, groups := range s.Hooks {
			r.Hooks += foreign(groups)
		}
	}
	sort.Strings(r.Env)
	return r
}

// foreign counts the handlers of one event that are not writ's own.
func foreign(raw json.RawMessage) int {
	var groups []group
	if json.Unmarshal(raw, &groups) != nil {
		return 1
	}
	n := 0
	for _, g := range groups {
		for _, h := range g.Hooks {
			if filepath.Base(h.Command) != HookName {
				n++
			}
		}
	}
	return n
}
