package durable

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

// ReadFile reads a regular file of at most max bytes. Files that others may have put there are read with it: a
// repository can make any name a link to a device that never ends, and a pipe waits for its other end. An error
// of os.Open is kept, so that a missing file is os.ErrNotExist.
func ReadFile(path string, max int64) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // opening a pipe must not wait
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() || fi.Size() > max {
		return nil, fmt.Errorf("%s: want a regular file of at most %d bytes, found %v, %d bytes", path, max, fi.Mode(), fi.Size())
	}
	b, err := io.ReadAll(io.LimitReader(f, max+1))
	if err == nil && int64(len(b)) > max {
		return nil, fmt.Errorf("%s: want at most %d bytes, found more", path, max)
	}
	return b, err
}
