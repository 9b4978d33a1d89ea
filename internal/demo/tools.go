package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// use really does what a tool of the host does, and gives the tool's response object and what the model
// reads of it.
func (w *world) use(tool string, input map[string]any) (response any, output string, err error) {
	text := func(key string) string { s, _ := input[key].(string); return s }
	switch tool {
	case "Bash":
		return w.bash(text("command"))
	case "Write":
		err = w.put(text("file_path"), text("content"))
		return map[string]any{"type": "create", "filePath": text("file_path"), "content": text("content")}, "written", err
	case "Edit":
		err = w.edit(text("file_path"), text("old_string"), text("new_string"))
		return map[string]any{"filePath": text("file_path")}, "edited", err
	case "Read":
		b, err := os.ReadFile(text("file_path"))
		return map[string]any{"type": "text", "file": map[string]any{"filePath": text("file_path"), "content": string(b)}}, string(b), err
	case "TaskCreate", "TaskUpdate", "SendMessage", "Agent":
		return map[string]any{"status": "ok"}, "ok", nil // nothing outside the host itself happens
	}
	return nil, "", fmt.Errorf("this host has no tool %s", tool)
}

// bash runs a line the way the host does: with the agent's environment, in the project.
func (w *world) bash(line string) (any, string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", line)
	cmd.Dir, cmd.Env = w.project, append(w.env(), "CLAUDECODE=1")
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	output := string(out)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, output, exitCode(exit.ExitCode())
	}
	return map[string]any{"stdout": output, "stderr": "", "interrupted": false, "isImage": false, "noOutputExpected": false}, output, err
}

// put writes through symbolic links, as the host's Write does.
func (w *world) put(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

func (w *world) edit(path, old, text string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if strings.Count(string(b), old) != 1 {
		return fmt.Errorf("%q stands %d times in %s, want once", old, strings.Count(string(b), old), path)
	}
	return os.WriteFile(path, []byte(strings.Replace(string(b), old, text, 1)), 0o644)
}

// exitCode is a failed command in the host's own words.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("Exit code %d", int(c)) }
