package sandbox

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// reaper waits for every child, its own and those that became orphans.
type reaper struct {
	mu   sync.Mutex
	some *sync.Cond
	mine map[int]*child
}

// child is one started command.
type child struct {
	pid  int
	done chan struct{}
	ws   unix.WaitStatus
}

func (c *child) wait() unix.WaitStatus {
	<-c.done
	return c.ws
}

func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

func newReaper() *reaper {
	r := &reaper{mine: map[int]*child{}}
	r.some = sync.NewCond(&r.mu)
	go r.loop()
	return r
}

// start runs fork under the lock, so that a child that ends at once is not missed.
func (r *reaper) start(fork func() (int, error)) (*child, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	pid, err := fork()
	if err != nil {
		return nil, err
	}
	c := &child{pid: pid, done: make(chan struct{})}
	r.mine[pid] = c
	r.some.Signal()
	return c, nil
}

func (r *reaper) loop() {
	for {
		r.mu.Lock()
		for len(r.mine) == 0 && !hasChildren() {
			r.some.Wait()
		}
		r.mu.Unlock()
		var ws unix.WaitStatus
		pid, err := unix.Wait4(-1, &ws, 0, nil)
		if err != nil {
			continue // EINTR; ECHILD is waited out above
		}
		r.mu.Lock()
		if c := r.mine[pid]; c != nil {
			delete(r.mine, pid)
			c.ws = ws
			close(c.done)
		}
		r.mu.Unlock()
	}
}

// hasChildren tells whether any child exists, ended or not.
func hasChildren() bool {
	var info unix.Siginfo
	return unix.Waitid(unix.P_ALL, 0, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil) == nil
}

// killAll kills all children, and the orphans that become children by that, until there are none. It gives up
// after a second: what is left then cannot be killed at all.
func (r *reaper) killAll() {
	for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		left := childrenOf(os.Getpid())
		if len(left) == 0 {
			return
		}
		for _, pid := range left {
			unix.Kill(pid, unix.SIGKILL)
		}
	}
}

// killSession kills every process of a command's session. A process that began a session of its own stays: it
// meant to outlive the command.
func killSession(sid int) {
	unix.Kill(-sid, unix.SIGKILL)
	for _, p := range processes() {
		if p.session == sid {
			unix.Kill(p.pid, unix.SIGKILL)
		}
	}
}

func childrenOf(parent int) (pids []int) {
	for _, p := range processes() {
		if p.parent == parent && p.state != "Z" {
			pids = append(pids, p.pid)
		}
	}
	return pids
}

type process struct {
	pid, parent, session int
	state                string
}

// processes lists what /proc shows.
func processes() (out []process) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil
	}
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + name + "/stat")
		if err != nil {
			continue
		}
		// pid (comm) state ppid pgrp session: comm may hold anything, so look behind its last bracket
		f := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if len(f) < 4 {
			continue
		}
		parent, _ := strconv.Atoi(f[1])
		session, _ := strconv.Atoi(f[3])
		out = append(out, process{pid, parent, session, f[0]})
	}
	return out
}
