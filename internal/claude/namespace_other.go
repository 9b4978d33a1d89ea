//go:build !linux

package claude

import (
	"errors"
	"syscall"
)

var errNoNamespaces = errors.New("this system has no mount namespaces")

// namespaces has no way to offer here; the launcher falls back.
func namespaces() []*syscall.SysProcAttr { return nil }

// RunEnter cannot run here.
func RunEnter() error { return errNoNamespaces }
