package demo

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// account prints what happens, aligned; in colour on a terminal.
type account struct {
	w      io.Writer
	colour bool
	n      int
}

func newAccount(w io.Writer, colour bool) *account { return &account{w: w, colour: colour} }

// Colours by what they mean.
const (
	bold   = "1"
	dim    = "2"
	red    = "1;31"
	green  = "1;32"
	yellow = "1;33"
)

func (a *account) paint(code, s string) string {
	if !a.colour || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// pad fills to a width that is counted before colouring.
func pad(s string, width int) string {
	if n := width - len([]rune(s)); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

func (a *account) heading(s string) { fmt.Fprintf(a.w, "\n%s\n", a.paint(bold, s)) }

func (a *account) note(s string) { fmt.Fprintf(a.w, "  %s\n", a.paint(dim, s)) }

// control is one line of the unguarded part.
func (a *account) control(name, harm string) {
	if harm == "" {
		fmt.Fprintf(a.w, "  %s %s\n", pad(name, 38), a.paint(red, "NO TRACE: the check is blind"))
		return
	}
	fmt.Fprintf(a.w, "  %s %s\n", pad(name, 38), a.paint(dim, clip(harm, 60)))
}

// columns names the columns of the timeline.
func (a *account) columns() {
	fmt.Fprintf(a.w, "  %s\n", a.paint(dim, fmt.Sprintf("%3s  %s %s %s %s %9s", "", pad("agent", 9), pad("call", 52), pad("verdict", 15), pad("rule", 18), "µs")))
}

// call is one line of the timeline; the time is from the start of the hook program to its answer.
func (a *account) call(who string, hostile bool, c call, verdict, rule string, took time.Duration) {
	a.n++
	mark := " "
	if hostile {
		mark = a.paint(red, "!")
	}
	code := map[string]string{"allow": green, "deny": red}[verdict]
	if code == "" {
		code = yellow
	}
	fmt.Fprintf(a.w, "%s %3d  %s %s %s %s %9d\n", mark, a.n, pad(who, 9), pad(clip(c.String(), 52), 52),
		a.paint(code, pad(verdict, 15)), pad(clip(rule, 18), 18), took.Microseconds())
}

// String is the call on one line.
func (c call) String() string {
	for _, key := range []string{"command", "file_path", "subject", "message", "description"} {
		if s, ok := c.input[key].(string); ok {
			if key == "file_path" {
				s = shortPath(s)
			}
			return c.tool + " " + s
		}
	}
	return c.tool
}

// shortPath keeps the end of a path.
func shortPath(p string) string {
	parts := strings.Split(p, "/")
	for i, s := range parts {
		if (s == "project" || s == "home") && i+1 < len(parts) {
			if s == "home" {
				return "~/" + strings.Join(parts[i+1:], "/")
			}
			return strings.Join(parts[i+1:], "/")
		}
	}
	return p
}

// result is one line of the summary.
func (a *account) result(ok bool, format string, args ...any) {
	word := a.paint(green, "ok  ")
	if !ok {
		word = a.paint(red, "FAIL")
	}
	fmt.Fprintf(a.w, "  %s %s\n", word, fmt.Sprintf(format, args...))
}
