package sandbox

import (
	"fmt"
	"strconv"
)

const kindRequest = 'G'

// Ask sends a request to the daemon at the other end of conn. The answer comes as Attach reads it.
func Ask(conn int, r Request) error {
	f := frame{kind: kindRequest, texts: []string{r.Grant, r.Dir, strconv.FormatBool(r.Pty), strconv.Itoa(len(r.Words))}}
	f.texts = append(append(f.texts, r.Words...), r.Env...)
	if !r.Pty {
		f.fds = r.Stdio[:]
	}
	return send(conn, f)
}

// ReadRequest reads one request; its descriptors are the caller's to close.
func ReadRequest(conn int) (r Request, err error) {
	f, err := receive(conn)
	if err != nil {
		return r, err
	}
	const head = 4
	bad := func() (Request, error) {
		closeAll(f.fds)
		return Request{}, errFrame
	}
	if f.kind != kindRequest || len(f.texts) < head {
		return bad()
	}
	r = Request{Grant: f.texts[0], Dir: f.texts[1], Pty: f.texts[2] == "true", Stdio: [3]int{-1, -1, -1}}
	n, err := strconv.Atoi(f.texts[3])
	if err != nil || n < 0 || n > len(f.texts)-head || (r.Pty && len(f.fds) != 0) || (!r.Pty && len(f.fds) != 3) {
		return bad()
	}
	r.Words, r.Env = f.texts[head:head+n], f.texts[head+n:]
	copy(r.Stdio[:], f.fds)
	return r, nil
}

// Close closes the descriptors that came with the request.
func (r Request) Close() {
	if !r.Pty {
		closeAll(r.Stdio[:])
	}
}

// Refuse answers a request with a sentence.
func Refuse(conn int, format string, args ...any) error {
	return send(conn, frame{kind: kindFailed, texts: []string{fmt.Sprintf(format, args...)}})
}
