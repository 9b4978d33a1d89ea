package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// userNS tells whether this user may make user namespaces, and which knob says no.
func (h *host) userNS() Finding {
	f := Finding{Name: FindUserNS, Have: true, Detail: "can be made"}
	if h.full == nil {
		return f
	}
	err := h.child(0)
	if err == nil && !h.restricted() {
		return f
	}
	f.Have = false
	f.Detail, f.Remedy = h.whyNoUserNS(err)
	return f
}

// restricted tells whether Ubuntu's restriction holds for this process: it lets namespaces be made, and gives
// nothing inside.
func (h *host) restricted() bool { return h.appArmor == "1" && h.uid != 0 && h.full != nil }

func (h *host) whyNoUserNS(err error) (detail, remedy string) {
	switch {
	case h.maxUser == "0":
		return "user.max_user_namespaces is 0", "sudo sysctl -w user.max_user_namespaces=15000"
	case h.unprivNS == "0" && h.uid != 0:
		return "kernel.unprivileged_userns_clone is 0", "sudo sysctl -w kernel.unprivileged_userns_clone=1"
	case h.restricted():
		return "AppArmor keeps programs without a profile from using them (kernel.apparmor_restrict_unprivileged_userns is 1)", appArmorProfile(h.launcher)
	case errors.Is(err, os.ErrNotExist):
		return fmt.Sprintf("the launcher is missing: %v", err), "writ init"
	case errors.Is(err, unix.ENOSPC):
		return "the limit of user namespaces is used up (user.max_user_namespaces is " + h.maxUser + "), or they are nested 32 deep", "sudo sysctl -w user.max_user_namespaces=15000"
	case h.filtered:
		return fmt.Sprintf("a seccomp filter around this process refuses them, as container runtimes and other sandboxes do: %v", err), filterRemedy
	case !strings.Contains("\n"+mountPoints(h.mountinfo, "")+"\n", "\n/\n"):
		return fmt.Sprintf("this process is in a chroot, where the kernel refuses them: %v", err), "start writ outside the chroot"
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS):
		return fmt.Sprintf("the kernel is built without them (CONFIG_USER_NS): %v", err), ""
	}
	return fmt.Sprintf("%v", err), ""
}

const filterRemedy = "docker run --security-opt seccomp=unconfined … (podman alike), or a filter that allows clone, unshare, mount, open_tree, move_mount, mount_setattr and pivot_root"

// appArmorProfile is what to type so that AppArmor knows writ. The namespace is made by the program that starts
// the sandbox, so both are named.
func appArmorProfile(launcher string) string {
	programs := launcher
	if self, err := os.Executable(); err == nil && self != launcher {
		programs = fmt.Sprintf("{%s,%s}", self, launcher)
	}
	return `printf 'abi <abi/4.0>,\ninclude <tunables/global>\nprofile writ "` + programs + `" flags=(unconfined) {\n  userns,\n}\n' | sudo tee /etc/apparmor.d/writ && sudo apparmor_parser -r /etc/apparmor.d/writ`
}

func (h *host) pidNS() Finding {
	return h.namespace(FindPidNS, unix.CLONE_NEWPID, "user.max_pid_namespaces", h.maxPid)
}

func (h *host) netNS() Finding {
	return h.namespace(FindNetNS, unix.CLONE_NEWNET, "user.max_net_namespaces", h.maxNet)
}

func (h *host) namespace(name string, flag uintptr, knob, value string) Finding {
	f := Finding{Name: name, Have: true, Detail: "can be made"}
	if h.full == nil {
		return f
	}
	err := h.child(flag)
	if err == nil {
		return f
	}
	f.Have, f.Detail = false, err.Error()
	if value == "0" {
		f.Detail, f.Remedy = knob+" is 0", "sudo sysctl -w "+knob+"=15000"
	} else if h.child(0) != nil {
		f.Detail = "needs user namespaces"
	}
	return f
}

// mounts tells whether a view of the file system can be laid inside a namespace.
func (h *host) mounts() Finding {
	f := Finding{Name: FindMounts, Have: true, Detail: "open_tree, move_mount and mount_setattr work"}
	if h.full == nil {
		return f
	}
	_, _, errno := unix.Syscall6(unix.SYS_MOUNT_SETATTR, 0, 0, 0, 0, 0, 0)
	err := h.failed(WallMounts)
	switch {
	case errno == unix.ENOSYS:
		f.Have, f.Detail, f.Remedy = false, "mount_setattr is not in this kernel (it came with 5.12) or is filtered", kernelRemedy
	case err == nil && h.failed(WallNamespaces) != nil:
		f.Have, f.Detail = false, "not tried: needs user namespaces"
	case err != nil && !maskedProc(err):
		f.Have = false
		f.Detail, f.Remedy = h.whyNoMounts(err)
	}
	return f
}

func (h *host) whyNoMounts(err error) (detail, remedy string) {
	switch {
	case h.restricted():
		return "AppArmor refuses them without a profile: " + err.Error(), appArmorProfile(h.launcher)
	case h.filtered:
		return "another sandbox around this process (its seccomp filter or a Landlock domain) or a container runtime refuses them: " + err.Error(), nestedRemedy + "; in a container: " + filterRemedy
	case strings.Contains(err.Error(), unix.EPERM.Error()):
		return "another sandbox around this process refuses them, as a Landlock domain does: " + err.Error(), nestedRemedy
	}
	return err.Error(), ""
}

const (
	kernelRemedy = "boot a kernel of 6.12 or later"
	nestedRemedy = "start writ outside of the other sandbox (for Claude Code's own: set \"sandbox\": {\"enabled\": false} in its settings)"
)

// maskedProc tells whether mounting /proc is what failed.
func maskedProc(err error) bool { return strings.Contains(err.Error(), "mount /proc ") }

// proc tells whether a /proc of the sandbox's own can be mounted.
func (h *host) proc() Finding {
	f := Finding{Name: FindProc, Have: true, Detail: "can be mounted anew"}
	err := h.failed(WallMounts, WallNamespaces)
	switch {
	case err == nil:
	case !maskedProc(err):
		f.Have, f.Detail = false, "not tried: needs mounts"
	default:
		f.Have, f.Detail = false, err.Error()
		if covers := mountPoints(h.mountinfo, "/proc/"); covers != "" {
			f.Detail = "parts of /proc are covered here, so that the kernel gives no new one: " + strings.ReplaceAll(covers, "\n", " ")
		}
		f.Remedy = "docker run --security-opt systempaths=unconfined … | podman run --security-opt unmask=ALL … | Kubernetes: securityContext.procMount: Unmasked"
	}
	return f
}

// mountPoints lists the mount points below a prefix, one a line.
func mountPoints(mountinfo, prefix string) string {
	var out []string
	for line := range strings.Lines(mountinfo) {
		if w := strings.Fields(line); len(w) > 4 && strings.HasPrefix(w[4], prefix) {
			out = append(out, w[4])
		}
	}
	return strings.Join(out, "\n")
}

// lacks is what an ABI of Landlock brought, and what its absence means.
var lacks = []struct {
	abi  int
	what string
}{
	{2, "files cannot be moved or linked from one folder to another (ABI 2)"},
	{3, "truncating is held by mounts alone (ABI 3)"},
	{4, "at level landlock there is no network at all, for a port cannot be named (ABI 4)"},
	{5, "ioctl on devices is not held (ABI 5)"},
	{6, "at level landlock processes outside can be signalled (ABI 6)"},
}

func (h *host) landlock() Finding {
	f := Finding{Name: FindLandlock, Have: h.abi > 0, Detail: fmt.Sprintf("ABI %d", h.abi)}
	if h.abi == 0 {
		f.Detail, f.Remedy = "not in this kernel (it came with 5.13) or filtered", kernelRemedy
		if errors.Is(h.abiErr, unix.EOPNOTSUPP) {
			f.Detail, f.Remedy = "in this kernel, but switched off", "add landlock to the boot parameter lsm=, for example lsm=landlock,"+orElse(text("/sys/kernel/security/lsm"), "lockdown,yama,integrity,apparmor")
		}
		return f
	}
	var missing []string
	for _, l := range lacks {
		if h.abi < l.abi {
			missing = append(missing, l.what)
		}
	}
	if len(missing) > 0 {
		f.Detail, f.Remedy = f.Detail+": "+strings.Join(missing, "; "), kernelRemedy
	}
	return f
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func (h *host) seccomp() Finding {
	action := uint32(unix.SECCOMP_RET_KILL_PROCESS)
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&action)))
	if errno != 0 {
		return Finding{FindSeccomp, false, fmt.Sprintf("filters are not in this kernel: %v", errno), kernelRemedy}
	}
	return Finding{FindSeccomp, true, "filters can be set", ""}
}

// around tells what else is around this process; what is, may take mechanisms away.
func (h *host) around() Finding {
	var found []string
	low := strings.ToLower(h.release)
	note := func(is bool, what string) {
		if is {
			found = append(found, what)
		}
	}
	note(exists("/.dockerenv"), "a Docker container")
	note(exists("/run/.containerenv"), "a Podman container")
	note(os.Getenv("KUBERNETES_SERVICE_HOST") != "", "a Kubernetes pod")
	note(strings.Contains(low, "wsl2"), "WSL 2")
	note(strings.Contains(low, "microsoft") && !strings.Contains(low, "wsl2"), "WSL 1, which has no namespaces: wsl --set-version DISTRIBUTION 2")
	note(strings.Contains(h.version, "gVisor") || h.release == "4.4.0" && strings.Contains(h.version, "2016"), "gVisor, which has no Landlock")
	note(h.filtered, "a seccomp filter")
	note(!ownIDs(), "a user namespace")
	if len(found) == 0 {
		return Finding{FindAround, true, "no container and no other sandbox found", ""}
	}
	return Finding{FindAround, false, "inside " + strings.Join(found, ", "), ""}
}

// ownIDs tells whether ids here are the machine's.
func ownIDs() bool {
	w := strings.Fields(text("/proc/self/uid_map"))
	return len(w) == 3 && w[0] == "0" && w[1] == "0" && w[2] == "4294967295"
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func (h *host) user() Finding {
	if h.uid == 0 {
		return Finding{FindUser, false, "root: a bound on processes needs a cgroup, and what a sandbox may write of root's it can change", "run writ as an ordinary user"}
	}
	return Finding{FindUser, true, fmt.Sprintf("uid %d", h.uid), ""}
}

// memory and processes tell whether a sandbox as a whole can be bounded.
func (h *host) memory() Finding {
	g, err := ownCgroups()
	return g.finding(FindMemory, "memory", err, "")
}

func (h *host) processes() Finding {
	g, err := ownCgroups()
	instead := ""
	if h.uid != 0 {
		instead = "; RLIMIT_NPROC bounds them per user instead"
	}
	return g.finding(FindProcesses, "pids", err, instead)
}

func (g cgroups) finding(name, controller string, err error, instead string) Finding {
	const remedy = "systemd-run --user --scope writ daemon run (in a container: delegate a cgroup that holds no process)"
	switch {
	case err != nil:
		return Finding{name, false, "no cgroup of this user's: " + err.Error() + instead, remedy}
	case !g.has[controller]:
		return Finding{name, false, "the " + controller + " controller is not delegated in " + filepath.Clean(g.dir) + instead, remedy}
	}
	return Finding{name, true, "the " + controller + " controller is delegated in " + g.dir, ""}
}
