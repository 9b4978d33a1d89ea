package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"writ/internal/api"
)

// answer is one HTTP reply; exit is the header that only answers to hooks have.
type answer struct {
	status int
	body   []byte
	exit   string
}

// parse accepts exactly one reply of our own server and nothing around it.
func parse(raw []byte) (answer, error) {
	head, body, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		return answer{}, fmt.Errorf("%w: no end of the header in %d bytes", ErrMalformed, len(raw))
	}
	lines := strings.Split(string(head), "\r\n")
	rest, ok := strings.CutPrefix(lines[0], "HTTP/1.1 ")
	if !ok || len(rest) < 3 {
		return answer{}, fmt.Errorf("%w: it begins with %.40q", ErrMalformed, lines[0])
	}
	status, err := strconv.Atoi(rest[:3])
	if err != nil || status < 200 || status > 599 {
		return answer{}, fmt.Errorf("%w: status %.10q", ErrMalformed, rest)
	}
	fields, err := headers(lines[1:])
	if err != nil {
		return answer{}, err
	}
	if v := fields[strings.ToLower(api.VersionHeader)]; v != strconv.Itoa(api.Version) {
		return answer{}, versionError(v)
	}
	if err := whole(status, fields["content-length"], body); err != nil {
		return answer{}, err
	}
	return answer{status, body, fields[strings.ToLower(api.ExitHeader)]}, nil
}

// headers reads the fields; one given twice is refused, since two readers could take different ones.
func headers(lines []string) (map[string]string, error) {
	fields := map[string]string{}
	for _, l := range lines {
		k, v, ok := strings.Cut(l, ":")
		k = strings.ToLower(k)
		if _, twice := fields[k]; !ok || twice {
			return nil, fmt.Errorf("%w: header line %.60q", ErrMalformed, l)
		}
		fields[k] = strings.TrimSpace(v)
	}
	return fields, nil
}

// whole tells whether the body is as long as announced, to the byte.
func whole(status int, length string, body []byte) error {
	if status == 204 && length == "" {
		length = "0"
	}
	n, err := strconv.Atoi(length)
	if err != nil || n < 0 {
		return fmt.Errorf("%w: Content-Length %.20q", ErrMalformed, length)
	}
	if n != len(body) {
		return fmt.Errorf("%w: %d bytes announced, %d came", ErrMalformed, n, len(body))
	}
	return nil
}

func versionError(found string) error {
	if found == "" {
		return fmt.Errorf("%w: it names no API version", ErrMalformed)
	}
	return fmt.Errorf("%w (it speaks API %.10q, this program %d)", ErrVersion, found, api.Version)
}

// hook reads the answer to a hook: how to exit in the header, what to print in the body, on stdout or, for
// anything but success, on stderr.
func (a answer) hook() (api.HookResponse, error) {
	if a.status >= 300 {
		return api.HookResponse{}, a.into(nil)
	}
	exit, err := strconv.Atoi(a.exit)
	if err != nil || exit < 0 || exit > 255 {
		return api.HookResponse{}, fmt.Errorf("%w: exit code %.20q", ErrMalformed, a.exit)
	}
	if exit == 0 {
		return api.HookResponse{Stdout: string(a.body)}, nil
	}
	return api.HookResponse{Exit: exit, Stderr: string(a.body)}, nil
}

// into decodes a good answer into out and turns a refusal into *api.Error.
func (a answer) into(out any) error {
	if a.status >= 300 {
		var e api.Error
		if err := strict(a.body, &e); err != nil {
			return fmt.Errorf("%w: status %d: %v", ErrMalformed, a.status, err)
		}
		if e.Code == "version" {
			return fmt.Errorf("%w: %s", ErrVersion, e.Message)
		}
		return &e
	}
	if out == nil {
		if len(a.body) > 0 {
			return fmt.Errorf("%w: %d bytes where none were wanted", ErrMalformed, len(a.body))
		}
		return nil
	}
	if err := strict(a.body, out); err != nil {
		return fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	return nil
}

// strict decodes one JSON value of exactly the known fields, and nothing after it. Both sides are of one
// version, so an unknown field means that something else is talking.
func strict(b []byte, out any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(out); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("bytes after the JSON value")
	}
	return nil
}
