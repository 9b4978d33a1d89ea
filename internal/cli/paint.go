package cli

import (
	"io"
	"os"

	"golang.org/x/term"

	"writ/internal/verdict"
)

// paint colours words for a terminal; off, it leaves them as they are.
type paint bool

// newPaint is on for a terminal, unless NO_COLOR is set.
func newPaint(env *Env) paint {
	return paint(isTerminal(env.Stdout) && env.Getenv("NO_COLOR") == "" && env.Getenv("TERM") != "dumb")
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (p paint) code(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p paint) bold(s string) string { return p.code("1", s) }
func (p paint) dim(s string) string  { return p.code("2", s) }

// effect writes a verdict's word in its colour, padded to width.
func (p paint) effect(e verdict.Effect, width int) string {
	word := e.String()
	if e == verdict.Abstain {
		word = "–"
	}
	pad := ""
	for n := len([]rune(word)); n < width; n++ {
		pad += " "
	}
	return p.code(map[verdict.Effect]string{verdict.Deny: "1;31", verdict.Ask: "1;33", verdict.Allow: "1;32", verdict.Abstain: "2"}[e], word) + pad
}
