//go:build !unix

package audit

import (
	"errors"
	"os"
)

// takeLock refuses: without flock two writers could not be kept apart.
func takeLock(string) (*os.File, error) {
	return nil, errors.New("the audit log can be written on Unix systems only")
}
