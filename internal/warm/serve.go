package warm

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"writ/internal/sandbox"
	"writ/internal/unixsock"
)

// requestTime is how long a launcher may take to say what it wants.
const requestTime = 10 * time.Second

// Serve answers launchers until the listener closes.
func (p *Pool) Serve(l *net.UnixListener) error {
	for {
		c, err := l.AcceptUnix()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go p.answer(c)
	}
}

// answer handles one launcher: from here on its connection is the sandbox's.
func (p *Pool) answer(c *net.UnixConn) {
	peer, err := unixsock.PeerOf(c)
	if err != nil || peer.UID != os.Geteuid() {
		c.Close()
		return
	}
	peer.Close()
	f, err := c.File() // blocking, and ours
	c.Close()
	if err != nil {
		return
	}
	defer f.Close()
	conn := int(f.Fd())
	wait := unix.NsecToTimeval(int64(requestTime))
	unix.SetsockoptTimeval(conn, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait)
	r, err := sandbox.ReadRequest(conn)
	if err != nil {
		return
	}
	defer r.Close()
	unix.SetsockoptTimeval(conn, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{})
	if err := p.run(conn, r); err != nil {
		p.tell(Event{What: "refused", Text: err.Error()})
		sandbox.Refuse(conn, "%s", err) // a launcher that is gone needs no answer
	}
}

// run redeems the grant and hands the connection over.
func (p *Pool) run(conn int, r sandbox.Request) error {
	g, err := p.redeem(r)
	if err != nil {
		return err
	}
	b, err := p.open(g.Scope, g.Once)
	if err != nil {
		return err
	}
	id := make([]byte, 8)
	rand.Read(id) // never fails
	c := sandbox.Command{
		ID: hex.EncodeToString(id), Argv: g.words(), Dir: r.Dir, Wall: g.Profile.Limits.Wall, Pty: r.Pty, Stdio: r.Stdio, Conn: conn,
		Env: sandbox.Environ(r.Env, &g.Profile, b.s.Port, b.s.Tmp),
	}
	if g.Line != "" {
		c.Shell = shellOf(g.Shell, r.Env)
	}
	p.begin(b, c.ID)
	if err := b.s.Run(c); err != nil {
		p.ended(b, c.ID)
		return err
	}
	return nil
}

// shellOf is the shell for a line: the granted one, else the caller's own where it is one that hosts use.
func shellOf(granted string, env []string) string {
	if granted != "" {
		return granted
	}
	for _, kv := range env {
		if v, ok := strings.CutPrefix(kv, "SHELL="); ok {
			if name := filepath.Base(v); name == "zsh" || name == "bash" {
				return name
			}
		}
	}
	return "bash"
}
