package claude

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"writ/internal/durable"
	"writ/internal/home"
)

// InstallPrograms copies writ, writ-hook and writ-exec into writ's home, where hooks find them and no agent may write.
// self is the running writ; the others lie beside it. Each copy is replaced in one step.
func InstallPrograms(h home.Home, self string) error {
	if err := h.Ensure(); err != nil {
		return err
	}
	dir := filepath.Dir(self)
	for _, name := range []string{WritName, HookName, ExecName} {
		from, to := filepath.Join(dir, name), filepath.Join(h.Bin(), name)
		if name == WritName {
			from = self
		}
		if err := copyProgram(from, to); err != nil {
			return err
		}
	}
	return nil
}

func copyProgram(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("install %s: %w (writ, writ-hook and writ-exec belong into one folder)", filepath.Base(to), err)
	}
	old, err := os.ReadFile(to)
	if err == nil && bytes.Equal(old, data) {
		return nil
	}
	return durable.WriteFile(to, data, 0o755)
}
