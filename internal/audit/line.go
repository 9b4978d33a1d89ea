package audit

import (
	"encoding/hex"
	"strconv"
)

// Every line begins with exactly these bytes, so that chain checks need no JSON decoding:
//
//	{"seq":N,"prev":"<64 lower-case hex digits>",
const (
	seqHead  = `{"seq":`
	prevHead = `,"prev":"`
)

// appendHead writes the beginning of a line up to and including the comma after prev.
func appendHead(b []byte, seq uint64, prev hash) []byte {
	b = append(b, seqHead...)
	b = strconv.AppendUint(b, seq, 10)
	b = append(b, prevHead...)
	b = hex.AppendEncode(b, prev[:])
	return append(b, '"', ',')
}

// parseHead reads seq and prev from the beginning of a line. It accepts only what appendHead writes:
// another order, blanks, leading zeros or upper-case digits are not a record of this log.
func parseHead(line []byte) (seq uint64, prev hash, ok bool) {
	if len(line) < len(seqHead) || string(line[:len(seqHead)]) != seqHead {
		return 0, prev, false
	}
	i := len(seqHead)
	start := i
	for i < len(line) && line[i] >= '0' && line[i] <= '9' {
		seq = seq*10 + uint64(line[i]-'0')
		i++
	}
	if digits := i - start; digits == 0 || digits > 19 || (digits > 1 && line[start] == '0') {
		return 0, prev, false
	}
	rest := line[i:]
	const need = len(prevHead) + 2*len(prev) + len(`",`)
	if len(rest) < need+1 || string(rest[:len(prevHead)]) != prevHead {
		return 0, prev, false
	}
	for j, digits := 0, rest[len(prevHead):]; j < len(prev); j++ {
		hi, lo := unhex[digits[2*j]], unhex[digits[2*j+1]]
		if hi|lo > 15 {
			return 0, prev, false
		}
		prev[j] = hi<<4 | lo
	}
	if rest[need-2] != '"' || rest[need-1] != ',' || line[len(line)-1] != '}' {
		return 0, prev, false
	}
	return seq, prev, true
}

// unhex gives the value of a lower-case hex digit, 255 for every other byte.
var unhex = func() (t [256]byte) {
	for i := range t {
		t[i] = 255
	}
	for i, c := range []byte("0123456789abcdef") {
		t[c] = byte(i)
	}
	return t
}()
