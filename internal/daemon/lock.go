package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"writ/internal/client"
	"writ/internal/home"
)

// lockWait is how long a newcomer waits for one that is ending.
const lockWait = 8 * time.Second

// takeLock makes this process the one daemon. While the lock is held by one that answers, that is ErrRunning;
// one that ends holds it a moment longer than its sockets, and is waited for.
func takeLock(ctx context.Context, h home.Home) (*os.File, error) {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	for {
		f, err := tryLock(h.Lock())
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, errHeld) {
			return nil, err
		}
		if _, err := client.Hook(string(h)).Status(ctx); err == nil || errors.Is(err, client.ErrVersion) {
			return nil, ErrRunning
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w, or one that does not end: process %d holds %s", ErrRunning, Holder(h), h.Lock())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

var errHeld = errors.New("held")

// tryLock locks the file and writes the pid into it. The file under the name must still be the one locked:
// somebody may have deleted the folder meanwhile, and two locks of two files lock nothing.
func tryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("take the daemon's lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, errHeld
	}
	mine, err1 := f.Stat()
	named, err2 := os.Stat(path)
	if err1 != nil || err2 != nil || !os.SameFile(mine, named) {
		f.Close()
		return nil, errHeld
	}
	err = f.Truncate(0)
	if err == nil {
		_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("take the daemon's lock: %w", err)
	}
	return f, nil
}

// Holder is the pid of the process that holds the daemon's lock, 0 when nobody does. A pid is only given
// while the lock is held, so it is never that of an unrelated process.
func Holder(h home.Home) int {
	f, err := os.OpenFile(h.Lock(), os.O_RDWR, 0)
	if err != nil {
		return 0
	}
	defer f.Close()
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		return 0
	}
	b := make([]byte, 32)
	n, _ := f.ReadAt(b, 0)
	pid, err := strconv.Atoi(strings.TrimSpace(string(b[:n])))
	if err != nil {
		return 0
	}
	return pid
}
