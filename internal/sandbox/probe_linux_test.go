package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"writ/internal/level"
)

// hostEnv names, for a child of these tests, what it takes from itself before it probes.
const hostEnv = "WRIT_TEST_HOST"

// hosts are the refusals that a child puts on itself, for real.
var hosts = map[string]func() error{
	"plain":    func() error { return nil },
	"no-user":  func() error { return os.WriteFile("/proc/sys/user/max_user_namespaces", []byte("0"), 0) },
	"no-net":   func() error { return os.WriteFile("/proc/sys/user/max_net_namespaces", []byte("0"), 0) },
	"masked":   func() error { return unix.Mount("/dev/null", "/proc/version", "", unix.MS_BIND, "") },
	"landlock": inLandlock,
	"seccomp":  inSeccomp,
}

// inLandlock puts this thread into a domain that allows everything, which is enough for mounts to be refused.
func inLandlock() error {
	r, err := newRuleset(false)
	if err != nil {
		return err
	}
	if err := r.allow("/", r.fs); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	return r.enforce()
}

// inSeccomp refuses user namespaces as a container runtime's filter does.
func inSeccomp() error {
	f := &filter{}
	f.load(offNr)
	f.equal(unix.SYS_CLONE3, func() { f.ret(errno | uint32(unix.ENOSYS)) })
	for _, nr := range []uint32{unix.SYS_CLONE, unix.SYS_UNSHARE} {
		f.call(nr, func() {
			f.load(offArg0)
			f.test(unix.BPF_JSET, unix.CLONE_NEWUSER, func() { f.ret(errno | uint32(unix.EPERM)) })
		})
	}
	f.ret(retAllow)
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	return installAll(f.code)
}

// beHost is the child: it makes itself that host, starts anew on the same thread, and prints its report.
func beHost(name string) int {
	if name != "report" {
		runtime.LockOSThread()
		err := hosts[name]()
		if err == nil {
			os.Setenv(hostEnv, "report")
			err = syscall.Exec("/proc/self/exe", os.Args, os.Environ())
		}
		fmt.Fprintln(os.Stderr, name, err)
		return 1
	}
	if err := json.NewEncoder(os.Stdout).Encode(Probe(os.Getenv("WRIT_EXEC"))); err != nil {
		return 1
	}
	return 0
}

// reportOf runs the child, around it the words of another sandbox, inside namespaces of its own when it needs them.
func reportOf(t *testing.T, name string, around ...string) (r Report) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	argv := append(around, self)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), hostEnv+"="+name, "WRIT_EXEC="+launcher)
	switch name {
	case "no-user", "no-net", "masked":
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNS,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}},
		}
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, stderr.String())
	}
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%s: %v in %q", name, err, out)
	}
	return r
}

func (r Report) find(t *testing.T, name string) Finding {
	t.Helper()
	for _, f := range r.Findings {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no finding %q in %+v", name, r)
	return Finding{}
}

// TestProbe names the refusal on hosts that really refuse, and what to type.
func TestProbe(t *testing.T) {
	bwrap := []string{"bwrap", "--dev-bind", "/", "/", "--unshare-user"}
	for name, tc := range map[string]struct {
		host   string
		around []string
		level  level.Level
		find   string
		have   bool
		detail string
		remedy string
	}{
		"plain":                {"plain", nil, level.Full, FindUserNS, true, "can be made", ""},
		"no user namespaces":   {"no-user", nil, level.Landlock, FindUserNS, false, "user.max_user_namespaces is 0", "sysctl -w user.max_user_namespaces"},
		"no network namespace": {"no-net", nil, level.Landlock, FindNetNS, false, "user.max_net_namespaces is 0", "sysctl -w user.max_net_namespaces"},
		"covered proc":         {"masked", nil, level.Landlock, FindProc, false, "/proc/version", "systempaths=unconfined"},
		"Landlock domain":      {"landlock", nil, level.Landlock, FindMounts, false, "another sandbox around this process", "outside of the other sandbox"},
		"seccomp filter":       {"seccomp", nil, level.Landlock, FindUserNS, false, "a seccomp filter around this process refuses them", "seccomp=unconfined"},
		"seccomp around":       {"seccomp", nil, level.Landlock, FindAround, false, "a seccomp filter", ""},
		"bubblewrap":           {"plain", bwrap, level.Full, FindAround, false, "a user namespace", ""},
		"closed bubblewrap":    {"plain", append(bwrap, "--disable-userns"), level.Landlock, FindUserNS, false, "namespaces", "sysctl"},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.around != nil {
				if _, err := exec.LookPath(tc.around[0]); err != nil {
					t.Skip("bubblewrap is not installed")
				}
			}
			r := reportOf(t, tc.host, tc.around...)
			f := r.find(t, tc.find)
			if r.Level != tc.level || f.Have != tc.have || !strings.Contains(f.Detail, tc.detail) || !strings.Contains(f.Remedy, tc.remedy) {
				t.Errorf("level %s, %+v\nwant level %s, have %t, detail …%s…, remedy …%s…\nall: %+v", r.Level, f, tc.level, tc.have, tc.detail, tc.remedy, r)
			}
			if (r.Level == level.Full) != r.find(t, FindFull).Have || (r.Why() == "") != (r.Level == level.Full) {
				t.Errorf("the report contradicts itself: %+v, %q", r, r.Why())
			}
		})
	}
}

// TestProbeNoLauncher confines nothing and says why.
func TestProbeNoLauncher(t *testing.T) {
	r := Probe(filepath.Join(t.TempDir(), "none"))
	if r.Level != level.Observe || !strings.Contains(r.Why(), "no such file") || r.find(t, FindUserNS).Remedy != "writ init" {
		t.Errorf("got %+v", r)
	}
}

// TestProbeLeavesNothing counts what is there before and after, and takes the time of the fastest.
func TestProbeLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	count := func() string {
		fds, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		files, err := os.ReadDir(os.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		var groups []string
		if g, err := ownCgroups(); err == nil {
			groups, _ = filepath.Glob(filepath.Join(g.dir, fmt.Sprintf("%s%d-*", groupPrefix, os.Getpid())))
		}
		return fmt.Sprintf("%d descriptors, %d temporary files, %d processes, %d groups", len(fds), len(files), len(childrenOf(os.Getpid())), len(groups))
	}
	Probe(launcher) // what the runtime opens once
	before, best, plain := count(), time.Hour, time.Hour
	for range 5 {
		start := time.Now()
		Probe(launcher)
		best = min(best, time.Since(start))
		start = time.Now()
		begin(t, Profile{}, level.Full).Close()
		plain = min(plain, time.Since(start))
	}
	if after := count(); after != before {
		t.Errorf("before: %s; after: %s", before, after)
	}
	// On a busy machine everything is slow, so what counts is how much slower than the sandbox it needs anyway.
	if best > 50*time.Millisecond && best > 4*plain {
		t.Errorf("a probe takes %v, want at most 50ms or four times the %v of a sandbox alone", best, plain)
	}
	t.Logf("a probe takes %v, a sandbox alone %v", best, plain)
}

// TestKnobs reads the settings that this machine does not have.
func TestKnobs(t *testing.T) {
	for name, tc := range map[string]struct {
		h    host
		want string
	}{
		"Debian's switch": {host{uid: 1000, unprivNS: "0"}, "unprivileged_userns_clone=1"},
		"AppArmor":        {host{uid: 1000, appArmor: "1", full: unix.EACCES, launcher: "/opt/writ-exec"}, `/opt/writ-exec`},
		"limit":           {host{uid: 1000, maxUser: "9"}, ""},
	} {
		if detail, remedy := tc.h.whyNoUserNS(unix.EPERM); detail == "" || !strings.Contains(remedy, tc.want) {
			t.Errorf("%s: %q, %q", name, detail, remedy)
		}
	}
	for abi, missing := range map[int]int{1: 5, 2: 4, 3: 3, 4: 2, 5: 1, 6: 0} {
		if f := (&host{abi: abi}).landlock(); strings.Count(f.Detail, "(ABI") != missing || !f.Have {
			t.Errorf("ABI %d: %+v", abi, f)
		}
	}
	off := (&host{abiErr: unix.EOPNOTSUPP}).landlock()
	if off.Have || !strings.Contains(off.Remedy, "lsm=landlock") {
		t.Errorf("switched off: %+v", off)
	}
	for release, want := range map[string]string{"4.4.0-19041-Microsoft": "WSL 1", "5.15.90.1-microsoft-standard-WSL2": "WSL 2"} {
		if f := (&host{release: release}).around(); f.Have || !strings.Contains(f.Detail, want) {
			t.Errorf("%s: %+v", release, f)
		}
	}
}
