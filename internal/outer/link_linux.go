package outer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// maxWord bounds one message between caller and stage; the kernel keeps messages whole.
const (
	maxWord   = 64 << 10
	maxWordFD = 32
)

// link is one end of the line between caller and stage. It closes by itself when the other end's process ends.
type link struct{ fd int }

// newLink makes both ends; the first is closed on exec, the second is handed to the stage.
func newLink() (link, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return link{}, nil, fmt.Errorf("a line to the stage: %w", err)
	}
	return link{fds[0]}, os.NewFile(uintptr(fds[1]), "stage"), nil
}

func (l link) close() { unix.Close(l.fd) }

// say sends a word, with descriptors.
func (l link) say(w word, fds ...int) error {
	b, err := json.Marshal(w)
	if err != nil {
		return err
	}
	if len(b) > maxWord {
		return fmt.Errorf("a word of %d bytes, want at most %d", len(b), maxWord)
	}
	var rights []byte
	if len(fds) > 0 {
		rights = unix.UnixRights(fds...)
	}
	for {
		if err = unix.Sendmsg(l.fd, b, rights, nil, unix.MSG_NOSIGNAL); err != unix.EINTR {
			return err
		}
	}
}

// hear waits for a word; io.EOF when the other end is gone.
func (l link) hear() (word, []int, error) {
	b, oob := make([]byte, maxWord), make([]byte, unix.CmsgSpace(4*maxWordFD))
	n, on, err := 0, 0, error(unix.EINTR)
	for err == unix.EINTR {
		n, on, _, _, err = unix.Recvmsg(l.fd, b, oob, unix.MSG_CMSG_CLOEXEC)
	}
	if err != nil && !errors.Is(err, unix.ECONNRESET) {
		return word{}, nil, err
	}
	if n == 0 || err != nil {
		return word{}, nil, io.EOF
	}
	fds, err := received(oob[:on])
	if err != nil {
		return word{}, nil, err
	}
	var w word
	if err := json.Unmarshal(b[:n], &w); err != nil {
		for _, fd := range fds {
			unix.Close(fd)
		}
		return word{}, nil, fmt.Errorf("a malformed word: %w", err)
	}
	return w, fds, nil
}

func received(oob []byte) ([]int, error) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, err
	}
	var out []int
	for i := range messages {
		fds, err := unix.ParseUnixRights(&messages[i])
		if err != nil {
			return nil, err
		}
		out = append(out, fds...)
	}
	return out, nil
}
