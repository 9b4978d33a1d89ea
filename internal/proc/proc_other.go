//go:build !linux

package proc

import "errors"

var errSystem = errors.New("processes are read on Linux only")

// Stat is not available on this system.
func Stat(int) (Process, error) { return Process{}, errSystem }

// Read is not available on this system.
func Read(int) (Process, error) { return Process{}, errSystem }

// Environ is not available on this system.
func Environ(int) ([]string, error) { return nil, errSystem }

// MountNamespace is not available on this system.
func MountNamespace(int) (string, error) { return "", errSystem }

// RSS is unknown.
func RSS(int) int64 { return 0 }
