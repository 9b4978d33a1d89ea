// Package client asks the daemon: one request, one connection, one answer, over one of its two Unix sockets.
// It speaks just enough HTTP/1.1 by hand, because net/http costs the hook program a quarter millisecond a
// start, and it believes nothing: an answer that is not exactly one well-formed reply of our API version is
// an error, never a guess. EnsureDaemon starts the daemon where there is none.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"writ/internal/api"
	"writ/internal/unixsock"
)

// Errors for those who tell them apart. A refusal by the daemon is an *api.Error.
var (
	// ErrUnreachable: nobody listens, or the connection broke before a whole answer.
	ErrUnreachable = errors.New("the writ daemon cannot be reached")
	// ErrVersion: the daemon speaks another version of the local API.
	ErrVersion = errors.New("the writ daemon is of another version: run writ daemon restart")
	// ErrMalformed: what came is no answer of ours.
	ErrMalformed = errors.New("malformed answer from the writ daemon")
)

// Limits of one exchange.
const (
	maxAnswer      = 64 << 20
	dialTimeout    = 2 * time.Second
	defaultTimeout = 30 * time.Second
)

// Client speaks to one socket. The zero value reaches nothing.
type Client struct{ sock string }

// Hook is the client of the socket that decides and records, in writ's home folder dir.
func Hook(dir string) Client { return Client{filepath.Join(dir, "run", "hook.sock")} }

// Admin is the client of the socket that approves, configures and stops.
func Admin(dir string) Client { return Client{filepath.Join(dir, "run", "admin", "admin.sock")} }

// Hook asks about one host payload. The context's deadline, or 30 s, bounds the whole exchange. It is on the
// path of every tool call and of a program that has just started, so it keeps clear of reflection and of the
// network poller; only the context's deadline is heeded.
func (c Client) Hook(ctx context.Context, req api.HookRequest) (api.HookResponse, error) {
	body, err := encodeHook(req)
	if err != nil {
		return api.HookResponse{}, err
	}
	raw, err := c.exchangeBlocking(ctx, request("POST", api.PathHook, body))
	if err != nil {
		return api.HookResponse{}, err
	}
	a, err := parse(raw)
	if err != nil {
		return api.HookResponse{}, err
	}
	return a.hook()
}

// Permission asks what the permission prompt tool is to answer.
func (c Client) Permission(ctx context.Context, req api.PermissionRequest) (api.PermissionResponse, error) {
	var out api.PermissionResponse
	if err := c.Do(ctx, "POST", api.PathPermission, req, &out); err != nil {
		return api.PermissionResponse{}, err
	}
	if out.Behavior != "allow" && out.Behavior != "deny" {
		return api.PermissionResponse{}, fmt.Errorf("%w: behavior %q, want allow or deny", ErrMalformed, out.Behavior)
	}
	return out, nil
}

// Status asks the daemon about itself.
func (c Client) Status(ctx context.Context) (api.Status, error) {
	var out api.Status
	if err := c.Do(ctx, "GET", api.PathStatus, nil, &out); err != nil {
		return api.Status{}, err
	}
	return out, nil
}

// Do sends in as JSON (nil: no body) and decodes the answer into out (nil: no body expected).
func (c Client) Do(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("encode the request: %w", err)
		}
	}
	raw, err := c.exchange(ctx, request(method, path, body))
	if err != nil {
		return err
	}
	a, err := parse(raw)
	if err != nil {
		return err
	}
	return a.into(out)
}

func request(method, path string, body []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(body) + 256)
	b.WriteString(method + " " + path + " HTTP/1.1\r\nHost: writ\r\n")
	b.WriteString(api.VersionHeader + ": " + strconv.Itoa(api.Version) + "\r\n")
	b.WriteString("Content-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\nConnection: close\r\n\r\n")
	b.Write(body)
	return b.Bytes()
}

// exchange sends the request and reads until the daemon closes.
func (c Client) exchange(ctx context.Context, req []byte) ([]byte, error) {
	deadline := deadlineOf(ctx)
	conn, err := unixsock.Dial(c.sock, min(dialTimeout, time.Until(deadline)))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrUnreachable, err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrUnreachable, err)
	}
	return roundTrip(conn, req)
}

// exchangeBlocking does the same on a thread of its own.
func (c Client) exchangeBlocking(ctx context.Context, req []byte) ([]byte, error) {
	conn, err := unixsock.DialBlocking(c.sock, deadlineOf(ctx))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrUnreachable, err)
	}
	defer conn.Close()
	return roundTrip(conn, req)
}

func deadlineOf(ctx context.Context) time.Time {
	if d, ok := ctx.Deadline(); ok {
		return d
	}
	return time.Now().Add(defaultTimeout)
}

// roundTrip reads even when the request could not be written whole: the daemon may have refused it early.
func roundTrip(conn io.ReadWriter, req []byte) ([]byte, error) {
	_, werr := conn.Write(req)
	raw, err := io.ReadAll(io.LimitReader(conn, maxAnswer+1))
	switch {
	case err == nil && len(raw) > maxAnswer:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrMalformed, maxAnswer)
	case err == nil && len(raw) > 0:
		return raw, nil
	case werr != nil:
		return nil, fmt.Errorf("%w: %v", ErrUnreachable, werr)
	case err != nil:
		return nil, fmt.Errorf("%w: no whole answer: %v", ErrUnreachable, err)
	}
	return nil, fmt.Errorf("%w: it closed the connection without an answer", ErrUnreachable)
}
