package command

import (
	"errors"
	"io"
	"time"
)

// The bounds of one reading. A text beyond them is not refused here: it is read as far as the bound goes
// and an Unresolved effect with the flag "bound" says that the rest is unknown.
const (
	maxLine      = 64 << 10               // bytes of one shell text, script or piece of code
	maxOpeners   = 4000                   // brackets and keywords that nest, counted before parsing
	maxNesting   = 200                    // statements inside statements
	maxDepth     = 24                     // wrappers, functions and texts inside texts
	maxScripts   = 4                      // script files inside script files
	maxSteps     = 4000                   // simple commands read in all
	maxEffects   = 1000                   // effects reported in all
	maxFields    = 512                    // words that one word may expand to
	maxMatches   = 64                     // names that one pattern may expand to
	maxIteration = 24                     // rounds of a loop over literal words
	maxValue     = 128 << 10              // bytes of one expanded value
	timeBudget   = 100 * time.Millisecond // wall time of one Read, if the context allows that much
)

// openers counts what may make the parser nest: it recurses once for each, and Go cannot recover from a
// stack that has grown too large. Counting is deliberately blind to quotes, which could be used to hide some.
func openers(text string) int {
	n := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(', '{', '`':
			n++
		case '[':
			if i > 0 && text[i-1] != ' ' {
				n++
			}
		}
	}
	return n
}

var errLate = errors.New("out of time")

// timedReader hands a text to the parser in small portions and stops at the deadline.
type timedReader struct {
	text     string
	deadline time.Time
	checked  bool
}

// Read implements io.Reader. The first portion comes without a look at the clock, since most lines fit in it.
func (t *timedReader) Read(p []byte) (int, error) {
	if t.text == "" {
		return 0, io.EOF
	}
	if t.checked && time.Now().After(t.deadline) {
		return 0, errLate
	}
	t.checked = true
	n := copy(p, t.text)
	t.text = t.text[n:]
	return n, nil
}
