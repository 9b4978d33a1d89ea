// Command writ-exec runs one granted command in its sandbox:
//
//	writ-exec --home DIR --grant ID -- WORDS
//
// It hands its standard streams to the sandbox that the grant names, waits, and ends as the command ended. The
// words must be those that the grant was given for; nothing here widens it. Descriptor 3, when it is open, is told
// the folder that a shell line ended in.
//
// Under the name writ-init the same program is the first process of a sandbox. It links little, because every
// shell command of an agent pays for its start.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"writ/internal/sandbox"
	"writ/internal/unixsock"
)

// Exit codes of the launcher itself; everything else is the command's.
const (
	exitUsage   = 2
	exitTime    = 124
	exitRefused = 126
)

// dialTime bounds the way to the daemon, not the command.
const dialTime = 5 * time.Second

func main() {
	if os.Args[0] == sandbox.InitName {
		debug.SetGCPercent(400) // a small heap that lives long
		os.Exit(sandbox.Init())
	}
	debug.SetGCPercent(-1) // done before a collection would pay
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	home, grant, words, err := parse(args)
	if err != nil {
		return complain(exitUsage, err)
	}
	dir, err := os.Getwd()
	if err != nil {
		return complain(exitRefused, err)
	}
	conn, err := unixsock.DialBlocking(home+"/run/exec.sock", time.Now().Add(dialTime))
	if err != nil {
		return complain(exitRefused, fmt.Errorf("the writ daemon cannot be reached, so nothing runs: %w", err))
	}
	defer conn.Close()
	r := sandbox.Request{Grant: grant, Words: words, Dir: dir, Env: os.Environ(), Stdio: [3]int{0, 1, 2}, Pty: terminal(0) && terminal(1)}
	if err := sandbox.Ask(conn.FD(), r); err != nil {
		return complain(exitRefused, err)
	}
	return end(sandbox.Attach(conn.FD(), os.Stdin, os.Stdout))
}

// end turns how the command ended into this program's own end.
func end(e sandbox.Exit, err error) int {
	switch {
	case errors.Is(err, sandbox.ErrEnded):
		return complain(exitRefused, fmt.Errorf("%w (released, expired, or the daemon was ended): what it had started is gone", err))
	case err != nil:
		return complain(exitRefused, err)
	case e.Why == "time":
		return complain(exitTime, errors.New("the command took longer than its scope allows and was ended"))
	}
	if e.Folder != "" {
		unix.Write(3, []byte(e.Folder+"\n")) // nobody may be listening
	}
	return e.Code
}

func complain(code int, err error) int {
	fmt.Fprintf(os.Stderr, "writ: refused: %v\n", err)
	return code
}

func terminal(fd int) bool {
	return term.IsTerminal(fd)
}

// parse reads the arguments by hand; there is one form.
func parse(args []string) (home, grant string, words []string, err error) {
	for len(args) > 1 {
		switch args[0] {
		case "--home":
			home = args[1]
		case "--grant":
			grant = args[1]
		case "--":
			words = args[1:]
		default:
			return "", "", nil, fmt.Errorf("unknown argument %q: want --home DIR --grant ID -- WORDS (writ exec has the rest)", args[0])
		}
		if words != nil {
			break
		}
		args = args[2:]
	}
	if home == "" || grant == "" || words == nil {
		return "", "", nil, errors.New("want --home DIR --grant ID -- WORDS (writ exec has the rest)")
	}
	return home, grant, words, nil
}
