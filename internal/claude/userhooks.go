package claude

import (
	"bytes"
	"encoding/json"
	"path/filepath"
)

// UserHook is a hook of the user's own settings, carried along where only managed hooks run.
type UserHook struct {
	event string
	group group
}

// UserSettings reads what the launcher takes over from the user's own settings: the environment and the
// hooks. A hook that is not a plain command is counted in skipped and does not run: one that the host
// does not accept would make it drop every hook of the file, writ's too.
func UserSettings(path string) (env map[string]string, hooks []UserHook, skipped int, err error) {
	s, err := readSettings(path)
	if err != nil {
		return nil, nil, 0, err
	}
	env = map[string]string{}
	for k, v := range s.Env {
		if text, ok := v.(string); ok {
			env[k] = text
		}
	}
	for _, e := range events {
		raw, ok := s.Hooks[e.name]
		if !ok {
			continue
		}
		var groups []json.RawMessage
		if json.Unmarshal(raw, &groups) != nil {
			skipped++
			continue
		}
		for _, g := range groups {
			if h, ok := plain(g); !ok {
				skipped++
			} else if filepath.Base(h.Hooks[0].Command) != HookName {
				hooks = append(hooks, UserHook{e.name, h})
			}
		}
	}
	return env, hooks, skipped, nil
}

// plain reads a group of command hooks and nothing else.
func plain(raw []byte) (group, bool) {
	var g group
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if dec.Decode(&g) != nil || len(g.Hooks) == 0 {
		return g, false
	}
	for _, h := range g.Hooks {
		if h.Type != "command" || h.Command == "" || h.Timeout < 0 {
			return g, false
		}
	}
	return g, true
}
