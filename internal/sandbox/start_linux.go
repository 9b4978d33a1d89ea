package sandbox

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"writ/internal/level"
)

// startTime is how long the walls may take to stand.
const startTime = 10 * time.Second

// endTime is how long a sandbox may take to end by itself.
const endTime = 2 * time.Second

// Sandbox is a running sandbox. It lives until Close, or until the process that started it ends.
type Sandbox struct {
	Profile Profile
	Level   level.Level
	// Port is that of the egress proxy inside; 0: there is none.
	Port int
	// Proxy is the listener to serve the egress proxy on, made inside; nil: there is none. Who takes it closes it.
	Proxy *os.File
	// Tmp is the private temporary folder as the commands see it.
	Tmp string
	// Claims are what claims on single files were turned into.
	Claims []Claim
	// Unenforced are the limits of the profile that this host does not hold, for example "memory".
	Unenforced []string

	process *os.Process
	control int
	sending sync.Mutex
	done    chan struct{}
	made    []string               // placeholders
	held    map[string]os.FileInfo // what is closed or hidden, as it was
	cgroup  cgroup

	overlays   []*overlay
	committing sync.Mutex
	committed  func(Commit, error)
	tmp        string // a folder to remove at the end
	ended      func(string)
}

// Start builds a sandbox and waits until every wall stands.
func Start(p Profile, opt Options) (*Sandbox, error) {
	if opt.Level < p.Require {
		return nil, fmt.Errorf("%w: %s is required here, %s is what there is", ErrLevel, p.Require, opt.Level)
	}
	if opt.Level == level.Observe {
		return nil, fmt.Errorf("%w: %s confines nothing", ErrLevel, opt.Level)
	}
	s := &Sandbox{Profile: p, Level: opt.Level, Tmp: "/tmp", done: make(chan struct{}), ended: opt.Ended, committed: opt.Committed}
	if err := s.start(p, opt); err != nil {
		s.clean()
		return nil, err
	}
	go s.listen()
	return s, nil
}

func (s *Sandbox) start(p Profile, opt Options) error {
	if opt.Level < level.Full {
		dir, err := os.MkdirTemp(opt.Tmp, "writ-tmp-")
		if err != nil {
			return fmt.Errorf("a private temporary folder: %w", err)
		}
		s.Tmp, s.tmp, p.Write = dir, dir, append([]string{dir}, p.Write...)
	}
	if err := s.layOverlays(&p, opt); err != nil {
		return err
	}
	o, made, err := plan(&p, opt.Level, s.overlays)
	s.hold(o.places)
	s.made, s.Claims = made, append(s.Claims, o.claims...)
	if err != nil {
		return err
	}
	s.group(p.Limits, opt.Level)
	last := errors.New("no way to start one")
	for _, attr := range ways(opt.Level, o.net) {
		if len(s.overlays) > 0 { // a view copies files as whoever made it
			attr.AmbientCaps = append(attr.AmbientCaps, unix.CAP_FOWNER, unix.CAP_CHOWN)
		}
		if last = s.launch(opt.Launcher, attr, o); last == nil {
			return nil
		}
	}
	return last
}

// ways are the namespaces to ask for, best first: root keeps every id it has, others keep their own.
func ways(l level.Level, net string) []*syscall.SysProcAttr {
	if l < level.Full {
		return []*syscall.SysProcAttr{{Setsid: true}}
	}
	own := within([]syscall.SysProcIDMap{{ContainerID: os.Geteuid(), HostID: os.Geteuid(), Size: 1}},
		[]syscall.SysProcIDMap{{ContainerID: os.Getegid(), HostID: os.Getegid(), Size: 1}}, net)
	if os.Geteuid() != 0 {
		return []*syscall.SysProcAttr{own}
	}
	uids, gids := ranges("/proc/self/uid_map"), ranges("/proc/self/gid_map")
	if uids == nil || gids == nil {
		return []*syscall.SysProcAttr{own}
	}
	all := within(uids, gids, net)
	all.GidMappingsEnableSetgroups = true
	all.AmbientCaps = append(all.AmbientCaps, unix.CAP_SETGID) // to give up groups
	return []*syscall.SysProcAttr{all, own}
}

func within(uids, gids []syscall.SysProcIDMap, net string) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{
		Setsid:      true,
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP,
		UidMappings: uids, GidMappings: gids,
		AmbientCaps: []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SETPCAP, unix.CAP_NET_ADMIN, unix.CAP_DAC_OVERRIDE},
	}
	if net != "host" {
		attr.Cloneflags |= unix.CLONE_NEWNET
	}
	return attr
}

// ranges reads the ids that exist here and maps each to itself.
func ranges(file string) []syscall.SysProcIDMap {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var out []syscall.SysProcIDMap
	for line := range strings.Lines(string(data)) {
		var inside, outside, size int
		if _, err := fmt.Sscan(line, &inside, &outside, &size); err != nil {
			return nil
		}
		out = append(out, syscall.SysProcIDMap{ContainerID: inside, HostID: inside, Size: size})
	}
	return out
}

// launch starts the init, gives it its orders and waits for its word.
func (s *Sandbox) launch(program string, attr *syscall.SysProcAttr, o orders) error {
	ours, theirs, err := socketPair()
	if err != nil {
		return err
	}
	s.control = ours
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		unix.Close(ours)
		unix.Close(theirs)
		return err
	}
	defer null.Close()
	end := os.NewFile(uintptr(theirs), "control")
	s.process, err = s.into(attr, func() (*os.Process, error) {
		return os.StartProcess(program, []string{InitName}, &os.ProcAttr{
			Dir: "/", Env: []string{"GOMAXPROCS=2"}, Files: []*os.File{null, null, null, end}, Sys: attr,
		})
	})
	end.Close()
	if err == nil {
		err = s.await(o)
	} else {
		err = wall(WallNamespaces, fmt.Errorf("namespaces for a sandbox: %w", err))
	}
	if err != nil {
		unix.Close(ours)
		s.control = -1
		if s.process != nil {
			s.process.Kill() // it may have ended by itself
			s.process.Wait()
			s.process = nil
		}
	}
	return err
}

func (s *Sandbox) await(o orders) error {
	if err := send(s.control, o.encode()); err != nil {
		return fmt.Errorf("give the sandbox its orders: %w", err)
	}
	late := time.AfterFunc(startTime, func() { s.process.Kill() })
	f, err := receive(s.control)
	if !late.Stop() {
		return fmt.Errorf("the walls did not stand within %v", startTime)
	}
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("the sandbox's init ended before the walls stood")
	case err != nil:
		return fmt.Errorf("hear from the sandbox: %w", err)
	case f.kind == kindFailed && len(f.texts) == 2:
		return wall(f.texts[1], errors.New(f.texts[0]))
	case f.kind != kindReady || len(f.texts) != 1 || len(f.fds) > 1 || (len(f.fds) == 1) != o.proxied:
		closeAll(f.fds)
		return errFrame
	}
	s.Port, err = strconv.Atoi(f.texts[0])
	if err == nil && len(f.fds) == 1 {
		unix.SetNonblock(f.fds[0], true) // for the poller of who serves it
		s.Proxy = os.NewFile(uintptr(f.fds[0]), "egress")
	}
	return err
}

// listen hears of ended commands until the init is gone, and cleans up after it.
func (s *Sandbox) listen() {
	for control := s.control; ; {
		f, err := receive(control)
		if err != nil {
			break
		}
		closeAll(f.fds)
		if f.kind == kindEnded && len(f.texts) == 1 && s.ended != nil {
			s.ended(f.texts[0])
		}
	}
	late := time.AfterFunc(endTime, func() { s.process.Kill() }) // it ends by itself, taking everything with it
	s.process.Wait()
	late.Stop()
	s.commitLast()
	s.clean()
	close(s.done)
}

// Done is closed when nothing of the sandbox is left.
func (s *Sandbox) Done() <-chan struct{} { return s.done }

// Replaced lists what is closed or hidden but is another file now than when the walls were built. A mount stands on
// a file, not on its name: when somebody outside replaces the file by a rename, as `git config` does, the kernel
// takes the mount away, and the new file is open. A sandbox that was replaced like that must end.
func (s *Sandbox) Replaced() (out []string) {
	for path, was := range s.held {
		if now, err := os.Lstat(path); err != nil || !os.SameFile(was, now) {
			out = append(out, path)
		}
	}
	return out
}

// hold notes what the closed and hidden places are.
func (s *Sandbox) hold(places []place) {
	s.held = map[string]os.FileInfo{}
	for _, p := range places {
		if fi, err := os.Lstat(p.path); err == nil && (p.what == placeRead || p.what == placeHide) {
			s.held[p.path] = fi
		}
	}
}

// PID is the init's process, as this process sees it.
func (s *Sandbox) PID() int { return s.process.Pid }

// Run hands a command over to the init; the descriptors stay the caller's to close. How it goes is said on
// c.Conn, whose other end Attach serves.
func (s *Sandbox) Run(c Command) error {
	if len(c.Argv) == 0 {
		return errors.New("no command")
	}
	s.sending.Lock()
	defer s.sending.Unlock()
	if s.control < 0 {
		return ErrEnded
	}
	return send(s.control, c.encode())
}

// Close ends everything that runs in the sandbox and waits until nothing is left.
func (s *Sandbox) Close() error {
	s.sending.Lock()
	if s.control >= 0 {
		unix.Shutdown(s.control, unix.SHUT_WR) // the init hears the end, and ends
	}
	s.sending.Unlock()
	select {
	case <-s.done:
	case <-time.After(endTime):
		s.process.Kill()
		<-s.done
	}
	return nil
}

// commitLast takes over what is left when nothing of the sandbox runs any more.
func (s *Sandbox) commitLast() {
	if len(s.overlays) == 0 {
		return
	}
	c, err := s.Commit()
	if s.committed != nil && (err != nil || len(c.Taken)+len(c.Removed)+len(c.Refused) > 0) {
		s.committed(c, err)
	}
}

// clean removes what was made for the sandbox: its temporary folder, and placeholders in which nothing was written.
func (s *Sandbox) clean() {
	s.hangUp()
	s.cgroup.remove()
	s.committing.Lock()
	for _, o := range s.overlays {
		o.remove()
	}
	s.overlays = nil
	s.committing.Unlock()
	if s.tmp != "" {
		os.RemoveAll(s.tmp) // in the system's temporary folder, at worst
	}
	for _, path := range s.made {
		if fi, err := os.Lstat(path); err == nil && fi.Mode().IsRegular() && fi.Size() == 0 {
			os.Remove(path)
		}
	}
}

// hangUp closes the control socket, after whoever is using it.
func (s *Sandbox) hangUp() {
	s.sending.Lock()
	defer s.sending.Unlock()
	if s.control >= 0 && s.process != nil {
		unix.Close(s.control)
		s.control = -1
	}
}
