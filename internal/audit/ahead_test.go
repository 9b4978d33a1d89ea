package audit

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// hashAhead must give exactly what lineReader gives, however the stream arrives.
func TestHashAheadIsLineReader(t *testing.T) {
	line := func(n int) string { return strings.Repeat("x", n) + "\n" }
	texts := []string{"", "\n", "a", "a\n", "a\nb", "\n\n\n", line(batchBytes - 1), line(batchBytes - 2), line(batchBytes) + "b",
		line(maxWhole), line(maxWhole + 1), strings.Repeat("x", maxWhole+1), "a\n" + line(maxWhole+1) + "b\n", strings.Repeat(line(500), 3000) + "end"}
	for range 20 {
		var b strings.Builder
		for range rand.IntN(3000) {
			b.WriteString(line(rand.IntN(700)))
		}
		texts = append(texts, b.String())
	}
	readers := map[string]func(io.Reader) io.Reader{
		"plain": func(r io.Reader) io.Reader { return r }, "half": iotest.HalfReader, "data with error": iotest.DataErrReader,
		"failing": func(r io.Reader) io.Reader {
			return io.MultiReader(r, iotest.ErrReader(errors.New("input/output error")))
		},
	}
	for i, text := range texts {
		for name, reader := range readers {
			want, ahead := newLineReader(reader(strings.NewReader(text))), newHashAhead(reader(strings.NewReader(text)))
			for n := 0; ; n++ {
				wantLine, wantWhole, wantErr := want.next()
				gotLine, leaf, gotWhole, gotErr := ahead.next()
				if !bytes.Equal(wantLine, gotLine) || wantWhole != gotWhole && wantErr == nil || (wantErr == nil) != (gotErr == nil) ||
					wantErr != nil && wantErr.Error() != gotErr.Error() {
					t.Fatalf("text %d, %s, line %d: %d bytes %v %v, want %d bytes %v %v", i, name, n, len(gotLine), gotWhole, gotErr, len(wantLine), wantWhole, wantErr)
				}
				if wantErr != nil || !wantWhole {
					break
				}
				if leaf != leafHash(wantLine) {
					t.Fatalf("text %d, %s, line %d: wrong hash", i, name, n)
				}
			}
			ahead.stop()
		}
	}
}
