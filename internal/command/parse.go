package command

import (
	"errors"
	"strings"
	"sync"
	"time"

	"mvdan.cc/sh/v3/syntax"
)

// parsers are kept, because making one costs more than reading a short line. They hold no state between uses.
var (
	bashParsers = sync.Pool{New: func() any { return syntax.NewParser(syntax.Variant(syntax.LangBash)) }}
	zshParsers  = sync.Pool{New: func() any { return syntax.NewParser(syntax.Variant(syntax.LangZsh)) }}
)

// Errors of parse that are bounds and not mistakes of the writer.
var (
	errLong = errors.New("the text is longer than 64 KiB")
	errDeep = errors.New("the text nests too deeply")
)

// parse reads a shell text as bash, and where that fails as zsh, which is what the other half of the
// machines run. It returns the bash error when neither reads it.
func parse(text string, deadline time.Time) (*syntax.File, error) {
	if len(text) > maxLine {
		return nil, errLong
	}
	if openers(text) > maxOpeners {
		return nil, errDeep
	}
	file, err := parseWith(&bashParsers, text, deadline)
	if err == nil || errors.Is(err, errLate) {
		return file, err
	}
	if file, zerr := parseWith(&zshParsers, text, deadline); zerr == nil {
		return file, nil
	}
	if end, ok := openDocument(err); ok {
		// the shell takes the end of the text for the end of the document
		for range 4 {
			text += "\n" + end + "\n"
			file, err2 := parseWith(&bashParsers, text, deadline)
			if err2 == nil {
				return file, nil
			}
			if end, ok = openDocument(err2); !ok {
				break
			}
		}
	}
	return nil, err
}

// openDocument gives the end word that a here-document lacks.
func openDocument(err error) (string, bool) {
	_, rest, ok := strings.Cut(err.Error(), "unclosed here-document `")
	if !ok || !strings.HasSuffix(rest, "`") {
		return "", false
	}
	return strings.TrimSuffix(rest, "`"), true
}

// openQuote tells errors of a quote that is not closed: no shell runs any of such a line.
func openQuote(err error) bool {
	return strings.Contains(err.Error(), "without closing quote")
}

func parseWith(pool *sync.Pool, text string, deadline time.Time) (*syntax.File, error) {
	p := pool.Get().(*syntax.Parser)
	file, err := p.Parse(&timedReader{text: text, deadline: deadline}, "")
	if err != nil {
		return nil, err // a parser that stopped midway is not used again
	}
	pool.Put(p)
	return file, nil
}

// isBound tells whether a parse error means that the text was too much, rather than wrong.
func isBound(err error) bool {
	return errors.Is(err, errLong) || errors.Is(err, errDeep) || errors.Is(err, errLate)
}
