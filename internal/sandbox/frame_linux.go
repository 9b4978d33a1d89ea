package sandbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sys/unix"
)

// A frame is a kind, a list of texts and some descriptors; everything that crosses a socket of the sandbox is
// one. It is written by hand because programs start on it: encoding/json costs a tenth of a command.
type frame struct {
	kind  byte
	texts []string
	fds   []int
}

const (
	maxFrame = 4 << 20 // an environment and a command line; the kernel takes no more than that in an exec
	maxFDs   = 8
)

var errFrame = errors.New("malformed frame")

// encode lays a frame out: length, kind, then each text with its length in front.
func (f frame) encode() []byte {
	n := 5
	for _, t := range f.texts {
		n += 4 + len(t)
	}
	b := make([]byte, 4, n)
	b = append(b, f.kind)
	for _, t := range f.texts {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(t)))
		b = append(b, t...)
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)-4))
	return b
}

func decode(b []byte) (f frame, err error) {
	if len(b) < 1 {
		return f, errFrame
	}
	f.kind, b = b[0], b[1:]
	for len(b) > 0 {
		if len(b) < 4 {
			return f, errFrame
		}
		n := binary.LittleEndian.Uint32(b)
		if b = b[4:]; uint64(n) > uint64(len(b)) {
			return f, errFrame
		}
		f.texts, b = append(f.texts, string(b[:n])), b[n:]
	}
	return f, nil
}

// send writes a frame to a stream socket, its descriptors with the first byte.
func send(sock int, f frame) error {
	b := f.encode()
	if len(b) > maxFrame {
		return fmt.Errorf("%d bytes are more than a frame of %d holds", len(b), maxFrame)
	}
	var oob []byte
	if len(f.fds) > 0 {
		oob = unix.UnixRights(f.fds...)
	}
	for len(b) > 0 {
		n, err := unix.SendmsgN(sock, b, oob, nil, unix.MSG_NOSIGNAL)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("send: %w", err)
		}
		b, oob = b[n:], nil
	}
	return nil
}

// receive reads one frame. io.EOF tells that the other side is gone. Descriptors are closed on exec; those of a
// damaged frame are closed at once.
func receive(sock int) (frame, error) {
	head := make([]byte, 4)
	fds, err := fill(sock, head, true)
	if err != nil {
		return frame{}, err
	}
	n := binary.LittleEndian.Uint32(head)
	if n > maxFrame {
		closeAll(fds)
		return frame{}, errFrame
	}
	body := make([]byte, n)
	if _, err := fill(sock, body, false); err != nil {
		closeAll(fds)
		return frame{}, err
	}
	f, err := decode(body)
	if err != nil {
		closeAll(fds)
		return frame{}, err
	}
	f.fds = fds
	return f, nil
}

// fill reads exactly len(b) bytes and the descriptors that come with the first of them.
func fill(sock int, b []byte, first bool) (fds []int, err error) {
	oob := make([]byte, unix.CmsgSpace(maxFDs*4))
	for done := 0; done < len(b); {
		n, oobn, flags, _, err := unix.Recvmsg(sock, b[done:], oob, unix.MSG_CMSG_CLOEXEC)
		if err == unix.EINTR {
			continue
		}
		if err == nil {
			var more []int
			more, err = rights(oob[:oobn])
			fds = append(fds, more...)
		}
		if err == nil && flags&unix.MSG_CTRUNC != 0 {
			err = errFrame
		}
		if err == nil && n == 0 {
			err = io.ErrUnexpectedEOF
			if first && done == 0 {
				err = io.EOF
			}
		}
		if err != nil {
			closeAll(fds)
			return nil, err
		}
		done += n
	}
	return fds, nil
}

func rights(oob []byte) (fds []int, err error) {
	if len(oob) == 0 {
		return nil, nil
	}
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, err
	}
	for i := range msgs {
		got, err := unix.ParseUnixRights(&msgs[i])
		if err != nil && err != unix.EINVAL { // EINVAL: not rights
			return fds, err
		}
		fds = append(fds, got...)
	}
	return fds, nil
}

func closeAll(fds []int) {
	for _, fd := range fds {
		unix.Close(fd)
	}
}

// socketPair makes two connected stream sockets, both closed on exec.
func socketPair() (a, b int, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, -1, fmt.Errorf("socketpair: %w", err)
	}
	return fds[0], fds[1], nil
}
