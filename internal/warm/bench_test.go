//go:build linux

package warm

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"writ/internal/level"
	"writ/internal/sandbox"
)

// What a confined command may cost beyond a plain one, on an idle machine.
const (
	warmBudget  = time.Millisecond
	coldBudget  = 2500 * time.Microsecond
	bwrapBudget = 1.3 // cold, as a multiple of bubblewrap with the same mounts
)

// contest times several ways of doing the same in one loop, so that what else the machine does falls on all alike.
type contest struct {
	names []string
	ways  []func() error
	took  [][]time.Duration
	cpu   []time.Duration // of this process and those it waited for, all rounds together; a warm sandbox's own is not in it
}

func (c *contest) add(name string, way func() error) {
	c.names, c.ways, c.took = append(c.names, name), append(c.ways, way), append(c.took, nil)
	c.cpu = append(c.cpu, 0)
}

func (c *contest) run(t *testing.T, rounds int) {
	t.Helper()
	for round := range rounds + 3 { // three to warm up
		for i, way := range c.ways {
			began, spent := time.Now(), cpu()
			if err := way(); err != nil {
				t.Fatalf("%s: %v", c.names[i], err)
			}
			if round >= 3 {
				c.took[i] = append(c.took[i], time.Since(began))
				c.cpu[i] += cpu() - spent
			}
		}
	}
	for i := range c.took {
		slices.Sort(c.took[i])
	}
}

func (c *contest) least(name string) time.Duration { return c.took[slices.Index(c.names, name)][0] }

func (c *contest) median(name string) time.Duration {
	took := c.took[slices.Index(c.names, name)]
	return took[len(took)/2]
}

// report prints each way beside the first.
func (c *contest) report(t *testing.T) {
	t.Helper()
	base := c.names[0]
	for i, n := range c.names {
		t.Logf("%-28s cpu %6.2f ms  min %7.2f ms  median %7.2f ms  beyond %s: min %+6.2f, median %+6.2f ms (%.2f ×)", n, ms(c.cpu[i]/time.Duration(len(c.took[i]))), ms(c.least(n)), ms(c.median(n)), base,
			ms(c.least(n)-c.least(base)), ms(c.median(n)-c.median(base)), ms(c.median(n))/ms(c.median(base)))
	}
}

// cpu is what this process and its ended children have used of the processor.
func cpu() (sum time.Duration) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return sum
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// TestCost holds the sandbox to its promised speed: `make bench` sets WRIT_BENCH.
func TestCost(t *testing.T) {
	if os.Getenv("WRIT_BENCH") == "" {
		t.Skip("speed is measured by make bench (WRIT_BENCH=1), where nothing else runs")
	}
	w := newWorld(t, nil)
	w.sh("true")
	p := w.scope().Profile
	kept, err := sandbox.Start(p, sandbox.Options{Launcher: launcher, Level: level.Full})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	var c contest
	c.add("bash -c true", func() error { return exec.Command("bash", "-c", "true").Run() })
	c.add("warm, by a launcher", func() error { return w.joined(w.scope(), "bash", "-c", "true") })
	c.add("the launcher's start alone", func() error { // it refuses to run without a grant
		exec.Command(launcher).Run()
		return nil
	})
	c.add("warm, in this process", func() error { return inside(kept, "bash", "-c", "true") })
	c.add("cold", func() error { return cold(p) })
	args, err := bwrapArgs(w)
	if err == nil {
		c.add("bubblewrap, same mounts", func() error { return exec.Command("bwrap", append(args, "bash", "-c", "true")...).Run() })
	} else {
		t.Logf("no bubblewrap to compare with: %v", err)
	}
	many := p
	for i := range 500 {
		dir := filepath.Join(w.root, "claims", strconv.Itoa(i))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		many.Write = append(slices.Clip(many.Write), dir)
	}
	many.Write = many.Write[1:] // the folders, without the root above them
	c.add("cold, 500 claimed folders", func() error { return cold(many) })
	c.run(t, 40)
	c.report(t)
	budget(t, "a warm command", c.least("warm, by a launcher")-c.least("bash -c true"), warmBudget)
	budget(t, "a cold command", c.least("cold")-c.least("bash -c true"), coldBudget)
	if err == nil {
		if ratio := ms(c.least("cold")) / ms(c.least("bubblewrap, same mounts")); ratio > bwrapBudget {
			t.Errorf("cold is %.2f × bubblewrap, want at most %.2f", ratio, bwrapBudget)
		} else {
			t.Logf("cold is %.2f × bubblewrap (min), %.2f × (median), want at most %.2f", ratio, ms(c.median("cold"))/ms(c.median("bubblewrap, same mounts")), bwrapBudget)
		}
	}
}

func budget(t *testing.T, what string, got, want time.Duration) {
	t.Helper()
	if got > want {
		t.Errorf("%s costs %.2f ms more than a plain one, want at most %.2f", what, ms(got), ms(want))
	}
}

// TestCostOfManyFiles compares git in a large repository inside and outside.
func TestCostOfManyFiles(t *testing.T) {
	if os.Getenv("WRIT_BENCH") == "" {
		t.Skip("speed is measured by make bench (WRIT_BENCH=1), where nothing else runs")
	}
	w := newWorld(t, nil)
	line := "git init -q -b main && for i in $(seq 200); do mkdir d$i && (cd d$i && for j in $(seq 100); do echo $i.$j > f$j; done); done && git add . && git -c user.name=t -c user.email=t@example.com commit -qm all"
	cmd := exec.Command("bash", "-c", line)
	cmd.Dir = w.root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var c contest
	c.add("git status outside", func() error {
		cmd := exec.Command("git", "status", "--short")
		cmd.Dir = w.root
		return cmd.Run()
	})
	c.add("git status inside", func() error { return w.joined(w.scope(), "git", "status", "--short") })
	c.run(t, 20)
	c.report(t)
	if in, out := c.least("git status inside"), c.least("git status outside"); float64(in) > 1.5*float64(out)+float64(warmBudget) {
		t.Errorf("git status takes %.1f ms inside and %.1f outside", ms(in), ms(out))
	}
}

// joined runs a program in the warm sandbox, from the grant to the launcher's end.
func (w *world) joined(s Scope, argv ...string) error {
	id, err := w.pool.Grant(Grant{Scope: s, Argv: argv})
	if err != nil {
		return err
	}
	cmd := exec.Command(launcher, append([]string{"--home", w.home, "--grant", id, "--"}, argv...)...)
	cmd.Dir = w.root
	return cmd.Run()
}

// cold is a sandbox for one command.
func cold(p sandbox.Profile) error {
	s, err := sandbox.Start(p, sandbox.Options{Launcher: launcher, Level: level.Full})
	if err != nil {
		return err
	}
	defer s.Close()
	return inside(s, "bash", "-c", "true")
}

func inside(s *sandbox.Sandbox, argv ...string) error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	e, err := s.Exec(sandbox.Command{Argv: argv, Dir: s.Profile.Root, Env: sandbox.Environ(os.Environ(), &s.Profile, s.Port, s.Tmp)}, null, null, null)
	if err == nil && e.Code != 0 {
		err = fmt.Errorf("exit %d", e.Code)
	}
	return err
}

// bwrapArgs builds for bubblewrap the view that commands have in the sandbox, from what is mounted there.
func bwrapArgs(w *world) ([]string, error) {
	if _, err := exec.LookPath("bwrap"); err != nil {
		return nil, err
	}
	before, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	there := points(string(before))
	out, code := w.sh("cat /proc/self/mountinfo")
	if code != 0 {
		return nil, fmt.Errorf("mounts: %s", out)
	}
	args := []string{"--unshare-all", "--new-session", "--die-with-parent", "--cap-drop", "ALL", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"}
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		f := strings.Fields(line)
		dash := slices.Index(f, "-")
		if dash < 0 || len(f) < dash+2 {
			continue
		}
		root, at, opts, kind := f[3], f[4], f[5], f[dash+1]
		switch {
		case strings.HasPrefix(at, "/dev") && at != "/dev/shm" || strings.HasPrefix(at, "/proc"):
		case kind == "tmpfs" && root == "/" && !there[at]:
			args = append(args, "--tmpfs", at)
		case strings.HasSuffix(root, "/null"):
			args = append(args, "--ro-bind", "/dev/null", at)
		case strings.HasPrefix(at, w.root) && strings.HasPrefix(opts, "rw"):
			args = append(args, "--bind", at, at)
		case !there[at]:
			args = append(args, "--ro-bind", at, at)
		}
	}
	return append(args, "--chdir", w.root), exec.Command("bwrap", append(args, "true")...).Run()
}

func points(mountinfo string) map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(mountinfo) {
		if f := strings.Fields(line); len(f) > 4 {
			out[f[4]] = true
		}
	}
	return out
}
