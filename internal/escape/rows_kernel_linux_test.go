package escape

import (
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"writ/internal/level"
	"writ/internal/sandbox"
)

// inBare is an attack on masks, which without its wall runs in namespaces that have the masks alone.
func inBare(name string, try func(a *arena) ([]string, effect)) row {
	return row{name: name, bare: true, try: try}
}

// mountRows change the view of the file system, or make a new one.
var mountRows = []row{
	inBare("unmask", func(a *arena) ([]string, effect) {
		return []string{"unmask", a.path("secrets"), a.path("secrets/key")}, said(secret)
	}),
	inBare("remount-write", func(a *arena) ([]string, effect) {
		p := a.file("scope/.git/config", asItWas)
		return []string{"remount-write", p}, func(w word) bool { return w.done && content(p) != asItWas }
	}),
	inBare("setattr-write", func(a *arena) ([]string, effect) {
		p := a.file("scope/.git/config", asItWas)
		return []string{"setattr-write", p}, func(w word) bool { return w.done && content(p) != asItWas }
	}),
	inBare("bind-over", func(a *arena) ([]string, effect) {
		return []string{"bind-over", a.file("scope/mine", ""), "/etc/passwd"}, nil
	}),
	inBare("new-tmpfs", func(a *arena) ([]string, effect) { return []string{"new-tmpfs", a.path("outside")}, nil }),
	inBare("open-tree", func(a *arena) ([]string, effect) { return []string{"open-tree", a.path("outside")}, nil }),
	inBare("fsopen", func(*arena) ([]string, effect) { return []string{"fsopen"}, nil }),
	inBare("chroot", func(a *arena) ([]string, effect) { return []string{"chroot", a.path("scope")}, nil }),
	inBare("pivot-root", func(a *arena) ([]string, effect) { return []string{"pivot-root", a.path("scope")}, nil }),
	inBare("setns", func(*arena) ([]string, effect) { return []string{"setns", "self"}, nil }),
	word1("user-ns", noUserNS), word1("user-mount-ns", noUserNS), word1("clone3-user-ns", noUserNS),
	inBare("unshare", func(*arena) ([]string, effect) { return []string{"unshare"}, nil }),
	inBare("nested-unmask", func(a *arena) ([]string, effect) { // from yet another user namespace, over a copy of the view
		return []string{"bind-over", a.path("outside"), a.path("secrets")}, nil
	}),
}

const noUserNS = "the system lets this user make no user namespaces"

// kernelRows use what ordinary programs do without.
var kernelRows = []row{
	word1("io-uring", "io_uring is off"), word1("bpf", "only root loads BPF here"), word1("perf", "only root measures here"),
	word1("userfaultfd", "no userfaultfd in this kernel"), word1("keyring", "no keyrings in this kernel"), word1("keyring-read", "no keyrings in this kernel"),
	word1("syslog", "only root reads the kernel's log here"), word1("fanotify", "only root watches file systems here"), word1("hostname", "only root names the machine"),
	{name: "file-handle", none: "only root opens files by handle", try: func(a *arena) ([]string, effect) {
		return []string{"file-handle", a.path("secrets/key")}, said(secret)
	}},
	func() row { r := at("x32", mode); r.none = "the kernel has no x32 system calls"; return r }(),
	func() row { r := at("int80", mode); r.none = "the kernel has no 32-bit system calls"; return r }(),
	{name: "type-ahead", none: "the kernel lets nobody type ahead (dev.tty.legacy_tiocsti)", stdin: func(a *arena) *os.File { return a.slave }, try: func(a *arena) ([]string, effect) {
		a.slave = a.terminal()
		look, err := unix.Dup(int(a.slave.Fd()))
		if err != nil {
			a.t.Fatal(err)
		}
		a.t.Cleanup(func() { unix.Close(look) })
		return []string{"tiocsti"}, func(word) bool {
			n, err := unix.IoctlGetInt(look, unix.TIOCINQ)
			return err == nil && n > 0
		}
	}},
	{name: "paste", none: "no console here", try: func(*arena) ([]string, effect) { return []string{"tioclinux"}, nil }},
	same("core-pattern", "/proc/sys/kernel/core_pattern"), same("sysctl", "/proc/sys/vm/swappiness"),
	{name: "sysrq", none: onlyRoot, try: func(*arena) ([]string, effect) { return []string{"append", "/proc/sysrq-trigger"}, nil },
		skip: func() string {
			return "writing there without the wall would act on the machine; proc-sys shows the wall"
		}},
	same("sys-write", "/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs"), same("uevent-helper", "/proc/sys/kernel/modprobe"),
	{name: "cgroup", none: onlyRoot + " in the group tree", try: func(a *arena) ([]string, effect) { return []string{"cgroup", "/sys/fs/cgroup/writ-escape"}, nil }},
	{name: "disk", none: onlyRoot, try: func(*arena) ([]string, effect) { return []string{"through-dir-fd", "/dev", disk()}, nil }, skip: func() string {
		return "no disk is written to for a test; device-write shows the wall"
	}},
	{name: "device-write", none: onlyRoot, try: func(*arena) ([]string, effect) { return []string{"write", "/dev/kmsg"}, nil }},
	{name: "other-terminal", try: func(a *arena) ([]string, effect) {
		s := a.terminal()
		name, err := os.Readlink("/proc/self/fd/" + itoa(int(s.Fd())))
		if err != nil {
			a.t.Fatal(err)
		}
		master := int(a.master.Fd())
		return []string{"append", name}, func(word) bool { n, err := unix.IoctlGetInt(master, unix.TIOCINQ); return err == nil && n > 0 }
	}},
	{name: "set-uid", skip: needsRootFiles, try: func(*arena) ([]string, effect) {
		return []string{"run", base + "/root/suid", "read", base + "/root/secret"}, said(secret)
	}},
	{name: "file-capability", skip: needsRootFiles, try: func(*arena) ([]string, effect) {
		return []string{"run", base + "/root/caps", "raise-caps"}, nil
	}},
	{name: "root-capability", none: "not root", try: func(*arena) ([]string, effect) { return []string{"raise-caps"}, nil }},
	{name: "inherited-group", skip: func() string {
		if os.Getuid() != 0 {
			return "the kernel lets no user give up groups; what they open is read-only"
		}
		return ""
	}, try: func(*arena) ([]string, effect) { return []string{"group-read", base + "/root/of-group"}, said(secret) }},
}

func disk() string { return "vda" }

const onlyRoot = "only root may write there"

func same(name, path string) row {
	return row{name: name, none: onlyRoot, try: func(*arena) ([]string, effect) { return []string{"write-same", path}, nil }}
}

func needsRootFiles() string {
	if os.Getuid() == 0 {
		return "root has those rights already; see root-capability"
	}
	if _, err := os.Stat(base + "/root/suid"); err != nil {
		return "only root makes such a program: run the suite as root for this row"
	}
	return ""
}

// limitRows use more than there is.
var limitRows = []row{
	{name: "many-processes", fresh: true, profile: func(_ *arena, p *sandbox.Profile) { p.Limits.Processes = 40 },
		try: func(*arena) ([]string, effect) { return []string{"many-processes", "45"}, nil }, skip: func() string {
			if os.Getuid() == 0 {
				return "the kernel does not count root's processes"
			}
			return ""
		}},
	{name: "big-file", fresh: true, profile: func(_ *arena, p *sandbox.Profile) { p.Limits.FileMB = 1 }, try: func(a *arena) ([]string, effect) {
		p := a.in("big")
		return []string{"big-file", p, "2"}, func(word) bool { fi, err := os.Stat(p); return err == nil && fi.Size() > 1<<20 }
	}},
	{name: "open-files", fresh: true, profile: func(_ *arena, p *sandbox.Profile) { p.Limits.OpenFiles = 64 },
		try: func(*arena) ([]string, effect) { return []string{"open-files", "128"}, nil }},
	{name: "wall-time", wall: 100 * time.Millisecond, try: func(*arena) ([]string, effect) { return []string{"sleep", "500"}, nil }},
}

func allRows() (rows []row) {
	for _, some := range [][]row{fileRows, carveRows, socketRows, processRows, mountRows, kernelRows, limitRows} {
		rows = append(rows, some...)
	}
	return rows
}

// terminal is one outside, as a person's.
func (a *arena) terminal() *os.File {
	m, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		a.t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(m, unix.TIOCSPTLCK, 0); err != nil {
		a.t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(m, unix.TIOCGPTN)
	if err != nil {
		a.t.Fatal(err)
	}
	s, err := unix.Open("/dev/pts/"+strconv.Itoa(n), unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		a.t.Fatal(err)
	}
	a.master = os.NewFile(uintptr(m), "master")
	slave := os.NewFile(uintptr(s), "slave")
	a.t.Cleanup(func() { a.master.Close(); slave.Close() })
	return slave
}

var levels = []level.Level{level.Observe, level.Landlock, level.Full}

func title(l level.Level) string {
	if l == level.Observe {
		return "none"
	}
	return strings.ToLower(l.String())
}
