package sandbox

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"writ/internal/level"
)

// Kinds of frames. Control: between who starts a sandbox and its init. Connection: between the init and who
// wants a command run.
const (
	kindOrders  = 'O' // control, to the init: see orders
	kindReady   = 'R' // control, from it: the walls stand; texts: port; descriptor: the proxy's listener
	kindFailed  = 'F' // either way, from the init: what is wrong and, on control, the wall it is about
	kindCommand = 'C' // control, to the init: see Command
	kindEnded   = 'E' // control, from it: texts: id
	kindStarted = 'P' // connection, from the init: the command runs; descriptor: its terminal
	kindExit    = 'X' // connection, from it: texts: code, signal, folder at the end, why
	kindSignal  = 'S' // connection, to it: texts: number
)

// controlFD is the init's end of the control socket.
const controlFD = 3

// Init is the whole life of the first process in a sandbox: it builds the walls around itself, runs commands
// until the other end of its control socket closes, and takes everything with it when it ends.
func Init() int {
	if err := unix.CloseRange(controlFD, ^uint(0), unix.CLOSE_RANGE_CLOEXEC); err != nil { // what a careless parent left open writes past every wall
		return 1
	}
	in := &initProcess{children: newReaper(), forker: newForker()}
	port, listener, err := in.setUp()
	if err != nil {
		send(controlFD, failure(err)) // a parent that is gone needs no answer
		return 1
	}
	ready := frame{kind: kindReady, texts: []string{strconv.Itoa(port)}}
	if listener >= 0 {
		ready.fds = []int{listener}
	}
	if err := send(controlFD, ready); err != nil {
		return 1
	}
	if listener >= 0 {
		unix.Close(listener)
	}
	err = in.serve()
	in.killAll()
	if err != nil {
		return 1
	}
	return 0
}

// failure tells who started the sandbox which wall does not stand.
func failure(err error) frame {
	f := frame{kind: kindFailed, texts: []string{err.Error(), ""}}
	var w *WallError
	if errors.As(err, &w) {
		f.texts[1] = w.Wall
	}
	return f
}

type initProcess struct {
	o        orders
	children *reaper
	forker   forker
	connects *mediator // nil: none is needed
}

// setUp builds every wall, from the outside in. Only when all stand is anything run.
func (in *initProcess) setUp() (port, listener int, err error) {
	f, err := receive(controlFD)
	if err != nil {
		return 0, -1, fmt.Errorf("read the orders: %w", err)
	}
	if in.o, err = decodeOrders(f); err != nil {
		return 0, -1, fmt.Errorf("read the orders: %w", err)
	}
	ignoreSignals()
	if groups, err := unix.Getgroups(); os.Geteuid() == 0 && (err != nil || len(groups) > 0) {
		if err := syscall.Setgroups([]int{}); err != nil && err != unix.EPERM { // EPERM: nobody in these namespaces may
			return 0, -1, fmt.Errorf("give up groups: %w", err)
		}
	}
	mask := unix.Umask(0)
	if in.o.level == level.Full {
		if err := layMounts(in.o); err != nil {
			return 0, -1, wall(WallMounts, err)
		}
	}
	unix.Umask(mask)
	port, listener, err = in.network()
	if err != nil {
		return 0, -1, wall(WallNetwork, err)
	}
	if err := in.restrict(port); err != nil {
		return 0, -1, err
	}
	return port, listener, nil
}

// ignoreSignals keeps the init alive whatever its own children send; a handler, unlike SIG_IGN, is not handed
// down to them.
func ignoreSignals() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGUSR1, unix.SIGUSR2, unix.SIGALRM, unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU, unix.SIGPIPE, unix.SIGXFSZ)
	go func() {
		for range c {
		}
	}()
}

// network brings the own loopback up and makes the listener that the egress proxy will serve from outside.
func (in *initProcess) network() (port, listener int, err error) {
	if in.o.level == level.Full && in.o.net != "host" {
		if err := loopbackUp(); err != nil {
			return 0, -1, err
		}
	}
	if !in.o.proxied {
		return 0, -1, nil
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, -1, fmt.Errorf("egress listener: %w", err)
	}
	if err = unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err == nil {
		err = unix.Listen(fd, 256)
	}
	if err != nil {
		return 0, -1, fmt.Errorf("egress listener: %w", err)
	}
	addr, err := unix.Getsockname(fd)
	if err != nil {
		return 0, -1, fmt.Errorf("egress listener: %w", err)
	}
	return addr.(*unix.SockaddrInet4).Port, fd, nil
}

func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	defer unix.Close(fd)
	req, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	req.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, req); err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	return nil
}

// restrict gives up everything for good: capabilities, new privileges, system calls, for every thread of this
// process and whatever it starts; files by Landlock for the one thread that starts things.
func (in *initProcess) restrict(port int) error {
	if err := in.limit(); err != nil {
		return wall(WallLimits, err)
	}
	rules, err := in.o.rules(port)
	if err != nil {
		return wall(WallLandlock, err)
	}
	if err := in.dropCapabilities(); err != nil {
		return wall(WallCapabilities, err)
	}
	weak := in.o.level < level.Full
	inet := in.o.net == "host" || in.o.proxied && rules.abi >= 4 // else Landlock cannot say which port
	w := walls{trace: in.o.trace, weak: weak, noUnix: weak, noUDP: weak && in.o.net != "host", noNetwork: weak && !inet}
	if !weak {
		in.connects, err = newMediator(in.o)
		w.noUnix = err != nil // without it no foreign socket could be told from an own one
	}
	if err := in.forker.run(func() error {
		w.keeper = []uint32{uint32(os.Getpid()), uint32(unix.Gettid())}
		return rules.enforce()
	}); err != nil {
		return wall(WallLandlock, err)
	}
	if err := in.forker.run(w.enforce); err != nil {
		return wall(WallSeccomp, err)
	}
	if err := in.forker.run(func() error { return in.connects.enforce() }); err != nil {
		return wall(WallSeccomp, err)
	}
	if weak {
		if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
			return fmt.Errorf("become subreaper: %w", err)
		}
	}
	// Nobody of the same uid reads this process's memory or descriptors.
	return os.NewSyscallError("prctl", unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0))
}

func (in *initProcess) limit() error {
	l := in.o.limits
	for _, r := range []struct {
		what  int
		value uint64
	}{{unix.RLIMIT_CORE, 0}, {unix.RLIMIT_NPROC, uint64(l.Processes)}, {unix.RLIMIT_FSIZE, uint64(l.FileMB) << 20}, {unix.RLIMIT_NOFILE, uint64(l.OpenFiles)}} {
		if r.value == 0 && r.what != unix.RLIMIT_CORE {
			continue
		}
		var old unix.Rlimit
		if err := unix.Getrlimit(r.what, &old); err != nil {
			return fmt.Errorf("limit %d: %w", r.what, err)
		}
		value := min(r.value, old.Max)
		if err := syscall.Setrlimit(r.what, &syscall.Rlimit{Cur: value, Max: value}); err != nil {
			return fmt.Errorf("limit %d: %w", r.what, err)
		}
	}
	return nil
}

// dropCapabilities empties every set, so that neither root's id nor a set-uid program brings one back. What commands
// could gain is bounded on the one thread that starts them: doing that on every thread would bring all of them to a
// halt forty times, and none of the others executes anything. The ambient set empties with the permitted one.
func (in *initProcess) dropCapabilities() error {
	if err := in.forker.run(giveUp); err != nil {
		return err
	}
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	return allThreads("drop capabilities", unix.SYS_CAPSET, uintptr(unsafe.Pointer(&hdr)), uintptr(unsafe.Pointer(&none[0])), 0)
}

// giveUp bounds what the calling thread and all that it starts could gain to nothing. The filter that it sets for all
// threads carries no new privileges over to them, as the kernel says of SECCOMP_FILTER_FLAG_TSYNC.
func giveUp() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no new privileges: %w", err)
	}
	for c := uintptr(0); c <= 63; c++ {
		err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0)
		if err == unix.EINVAL || err == unix.EPERM { // beyond the last one; or there is no right to drop any, and no new privileges lets none come
			return nil
		}
		if err != nil {
			return fmt.Errorf("drop capability %d: %w", c, err)
		}
	}
	return nil
}

func allThreads(what string, nr, a, b, c uintptr) error {
	if _, _, errno := syscall.AllThreadsSyscall(nr, a, b, c); errno != 0 {
		return fmt.Errorf("%s: %w", what, errno)
	}
	return nil
}

// serve runs commands until the control socket closes.
func (in *initProcess) serve() error {
	for {
		f, err := receive(controlFD)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		c, err := decodeCommand(f)
		if err != nil {
			closeAll(f.fds)
			return err
		}
		go in.run(c)
	}
}

// run is one command from start to end.
func (in *initProcess) run(c Command) {
	defer unix.Close(c.Conn)
	var p *child
	err := passable(c.stdio())
	if err == nil {
		p, err = in.start(&c)
	}
	closeAll(c.stdio())
	if err != nil {
		send(c.Conn, frame{kind: kindFailed, texts: []string{err.Error()}})
		in.ended(c)
		return
	}
	gone := make(chan struct{})
	go in.obey(c, p, gone)
	why := ""
	if c.Wall > 0 {
		t := time.AfterFunc(c.Wall, func() { why = "time"; killSession(p.pid) })
		defer t.Stop()
	}
	ws := p.wait()
	code, sig := ws.ExitStatus(), 0
	if ws.Signaled() {
		code, sig = 128+int(ws.Signal()), int(ws.Signal())
	}
	send(c.Conn, frame{kind: kindExit, texts: []string{strconv.Itoa(code), strconv.Itoa(sig), in.folder(c), why}}) // who is gone needs no answer
	in.ended(c)
	unix.Shutdown(c.Conn, unix.SHUT_RDWR)
	<-gone
}

// passable refuses descriptors that lead past the view of the file system: a folder's can be walked up from, to
// everything that lies around it outside.
func passable(fds []int) error {
	for i, fd := range fds {
		var st unix.Stat_t
		if err := unix.Fstat(fd, &st); err != nil {
			return fmt.Errorf("standard stream %d: %w", i, err)
		}
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
		if err != nil {
			return fmt.Errorf("standard stream %d: %w", i, err)
		}
		if kind := st.Mode & unix.S_IFMT; kind == unix.S_IFDIR || kind == unix.S_IFBLK || flags&unix.O_PATH != 0 {
			return fmt.Errorf("standard stream %d is a folder or disk, want a file, pipe, socket or terminal", i)
		}
	}
	return nil
}

func (in *initProcess) ended(c Command) {
	if c.ID != "" {
		send(controlFD, frame{kind: kindEnded, texts: []string{c.ID}}) // a parent that is gone ends us anyway
	}
}

// obey passes signals on, and ends the command's session when its owner goes away before it does.
func (in *initProcess) obey(c Command, p *child, gone chan struct{}) {
	defer close(gone)
	for {
		f, err := receive(c.Conn)
		if err != nil {
			if !p.ended() {
				killSession(p.pid)
			}
			return
		}
		closeAll(f.fds)
		if f.kind != kindSignal || len(f.texts) != 1 {
			continue
		}
		if n, err := strconv.Atoi(f.texts[0]); err == nil && n > 0 && n < 65 && !p.ended() {
			unix.Kill(-p.pid, unix.Signal(n))
		}
	}
}

// folder is where the command's shell ended, as it said itself; empty when it did not.
func (in *initProcess) folder(c Command) string {
	if c.report == "" {
		return ""
	}
	defer os.Remove(c.report)
	fd, err := unix.Open(c.report, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return ""
	}
	defer unix.Close(fd)
	b := make([]byte, unix.PathMax)
	n, err := unix.Read(fd, b)
	if err != nil || n < 2 || b[n-1] != '\n' || b[0] != '/' {
		return ""
	}
	return filepath.Clean(string(b[:n-1]))
}

// killAll ends what is left. With a pid namespace the kernel does it when the init ends; without one every
// orphan has become a child of ours.
func (in *initProcess) killAll() {
	if in.o.level == level.Full {
		return
	}
	in.children.killAll()
}
