package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"writ/internal/api"
)

// startDeadline bounds waiting for a daemon that is being started.
const startDeadline = 5 * time.Second

// A waiting caller sleeps this long between two looks: longer each time, so that a thousand of them do not
// keep the one daemon from coming up.
const (
	pollFirst = 4 * time.Millisecond
	pollMost  = 60 * time.Millisecond
)

// pause sleeps for about *d and doubles it; false when the context ended first.
func pause(ctx context.Context, d *time.Duration) bool {
	sleep := *d/2 + rand.N(*d)
	*d = min(2**d, pollMost)
	select {
	case <-ctx.Done():
		return false
	case <-time.After(sleep):
		return true
	}
}

// EnsureDaemon makes sure that the one daemon of the home folder dir runs and speaks our version, starting
// `WRIT daemon run --home DIR` where nobody listens. However many callers come at once, one starts it
// and the others wait. The context's deadline, or 5 s, bounds the whole.
func EnsureDaemon(ctx context.Context, dir, writBinary string) (api.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, startDeadline)
	defer cancel()
	for wait := pollFirst; ; {
		s, err := Hook(dir).Status(ctx)
		if err == nil || !errors.Is(err, ErrUnreachable) {
			return s, err
		}
		err = startOnce(ctx, dir, writBinary)
		if err != nil && !errors.Is(err, errBusy) {
			return api.Status{}, err
		}
		if !pause(ctx, &wait) {
			return api.Status{}, fmt.Errorf("%w: it did not start in time%s", ErrUnreachable, lastWords(dir))
		}
	}
}

// errBusy: another caller is starting the daemon now.
var errBusy = errors.New("being started")

// startOnce starts the daemon under the starters' lock, unless another caller holds it, and keeps the lock
// until the daemon answers. The lock ends with the process that holds it, so a killed starter blocks nobody.
func startOnce(ctx context.Context, dir, writBinary string) error {
	if err := folders(dir); err != nil {
		return err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "run", "start.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("start the daemon: %w", err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return errBusy
	}
	if _, err := Hook(dir).Status(ctx); err == nil || !errors.Is(err, ErrUnreachable) {
		return nil // it came up between our look and the lock
	}
	return start(ctx, dir, writBinary)
}

func folders(dir string) error {
	if !filepath.IsAbs(dir) {
		return fmt.Errorf("home folder %q: want an absolute path", dir)
	}
	for _, d := range []string{dir, filepath.Join(dir, "run"), filepath.Join(dir, "state")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return fmt.Errorf("start the daemon: %w", err)
		}
	}
	return nil
}

// start runs the daemon in a session of its own, with an environment that no agent had a hand in, and waits
// until it answers or ends.
func start(ctx context.Context, dir, writBinary string) error {
	log, err := os.OpenFile(logFile(dir), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("start the daemon: %w", err)
	}
	defer log.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		return fmt.Errorf("start the daemon: %w", err)
	}
	defer null.Close()
	p, err := os.StartProcess(writBinary, []string{writBinary, "daemon", "run", "--home", dir}, &os.ProcAttr{
		Dir:   "/",
		Env:   environ(),
		Files: []*os.File{null, log, log},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return fmt.Errorf("%w: start it: %v", ErrUnreachable, err)
	}
	ended := make(chan struct{})
	go func() { p.Wait(); close(ended) }()
	return ready(ctx, dir, ended)
}

// environ is all that the daemon inherits: nothing of the caller's, which may be an agent's.
func environ() []string {
	return []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin", "LC_ALL=C.UTF-8"}
}

// ready waits for the daemon's first answer. One that ends at once may have found another that won the
// daemon's own lock, so look once more before giving up.
func ready(ctx context.Context, dir string, ended <-chan struct{}) error {
	for {
		_, err := Hook(dir).Status(ctx)
		if err == nil || !errors.Is(err, ErrUnreachable) {
			return err
		}
		select {
		case <-ended:
			if _, err := Hook(dir).Status(ctx); err == nil || !errors.Is(err, ErrUnreachable) {
				return err
			}
			return fmt.Errorf("%w: it ended at once%s", ErrUnreachable, lastWords(dir))
		case <-ctx.Done():
			return fmt.Errorf("%w: it did not start in time%s", ErrUnreachable, lastWords(dir))
		case <-time.After(pollFirst):
		}
	}
}

func logFile(dir string) string { return filepath.Join(dir, "state", "daemon.log") }

// lastWords is the last line of the daemon's own log, which says why it did not come up.
func lastWords(dir string) string {
	f, err := os.Open(logFile(dir))
	if err != nil {
		return ""
	}
	defer f.Close()
	if fi, err := f.Stat(); err == nil && fi.Size() > 512 {
		f.Seek(-512, 2)
	}
	b := make([]byte, 512)
	n, _ := f.Read(b)
	lines := bytes.Split(bytes.TrimSpace(b[:n]), []byte("\n"))
	if last := lines[len(lines)-1]; len(last) > 0 {
		return fmt.Sprintf(" (its log ends: %s)", last)
	}
	return ""
}
