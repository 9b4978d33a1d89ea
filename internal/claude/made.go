package claude

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Sessions at the same time share what was made for them, so the last one removes it. The list lies in writ's
// run folder and outlives a launcher that was killed.

func (l *Launch) madeFile() string { return filepath.Join(l.home.Run(), "made") }

// noteMade adds to the list of what has to go again.
func (l *Launch) noteMade(made []string) error {
	if len(made) == 0 {
		return nil
	}
	f, err := os.OpenFile(l.madeFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(strings.Join(made, "\n") + "\n")
	return err
}

// removeMade removes what is on the list if no other session needs it.
func (l *Launch) removeMade() {
	if slices.ContainsFunc(launches(l.home.Run()), func(dir string) bool { return dir != l.dir && alive(dir) }) {
		return
	}
	text, err := os.ReadFile(l.madeFile())
	if err != nil {
		return
	}
	unmake(strings.Split(strings.TrimSpace(string(text)), "\n"), l.person, l.own)
	os.Remove(l.madeFile())
}

func launches(run string) []string {
	dirs, _ := filepath.Glob(filepath.Join(run, "launch-*")) // a fixed pattern
	return dirs
}

// alive tells whether the launcher of a folder still runs; unknown counts as alive.
func alive(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, "pid"))
	pid, perr := strconv.Atoi(string(text))
	return err != nil || perr != nil || !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

// sweep removes the files of launches that were killed before they could.
func sweep(run string) {
	for _, dir := range launches(run) {
		if !alive(dir) {
			os.RemoveAll(dir) // best effort: the next launch tries again
		}
	}
}
