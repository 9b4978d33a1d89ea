package proc

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func file(pid int, name string) string {
	return filepath.Join("/proc", strconv.Itoa(pid), name)
}

// Stat reads parent and start time only, one file.
func Stat(pid int) (Process, error) {
	b, err := os.ReadFile(file(pid, "stat"))
	if err != nil {
		return Process{}, err
	}
	// The name stands in parentheses and may hold anything, parentheses too: cut at the last one.
	open, end := bytes.IndexByte(b, '('), bytes.LastIndexByte(b, ')')
	if open < 0 || end < open {
		return Process{}, fmt.Errorf("%s: no name in parentheses", file(pid, "stat"))
	}
	f := strings.Fields(string(b[end+1:]))
	if len(f) < 20 {
		return Process{}, fmt.Errorf("%s: %d fields after the name, want 20", file(pid, "stat"), len(f))
	}
	p := Process{PID: pid, Name: string(b[open+1 : end])}
	if p.Parent, err = strconv.Atoi(f[1]); err != nil {
		return Process{}, fmt.Errorf("%s: parent: %w", file(pid, "stat"), err)
	}
	if p.Start, err = strconv.ParseUint(f[19], 10, 64); err != nil {
		return Process{}, fmt.Errorf("%s: start time: %w", file(pid, "stat"), err)
	}
	return p, nil
}

// Read reads one process.
func Read(pid int) (Process, error) {
	p, err := Stat(pid)
	if err != nil {
		return Process{}, err
	}
	b, err := os.ReadFile(file(pid, "cmdline"))
	if err != nil {
		return Process{}, err
	}
	p.Args = split(b)
	return p, nil
}

// Environ gives the environment that the process started with; only the same user may read it.
func Environ(pid int) ([]string, error) {
	b, err := os.ReadFile(file(pid, "environ"))
	return split(b), err
}

// MountNamespace names the mount namespace, which a process cannot leave by forking.
func MountNamespace(pid int) (string, error) { return os.Readlink(file(pid, "ns/mnt")) }

// RSS is the resident memory in bytes, 0 when unknown.
func RSS(pid int) int64 {
	b, err := os.ReadFile(file(pid, "statm"))
	f := strings.Fields(string(b))
	if err != nil || len(f) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(f[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

func split(b []byte) []string {
	s := strings.TrimRight(string(b), "\x00")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\x00")
}
