package egress

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"sync"
)

// MinSecret is the length in bytes from which ExactScanner looks for a secret: shorter ones are found by chance.
const MinSecret = 8

// ExactScanner finds the given values, as they are, as text in JSON, in base64 (both alphabets, at each of the
// three alignments inside longer data, wrapped lines included), in hexadecimal and percent-encoded, one inside
// the other where the outer one is percent. Space around a secret does not count; shorter ones than MinSecret are left
// out. A window is scanned at above
// 100 MB/s, whatever the number of secrets.
func ExactScanner(secrets [][]byte) Scanner {
	s := &exact{heads: map[uint64][]pattern{}}
	for _, secret := range secrets {
		if secret = bytes.TrimSpace(secret); len(secret) >= MinSecret {
			s.learn(secret)
		}
	}
	return s.scan
}

// exact keeps the first 8 bytes of every pattern in a small table of bits, which nearly all positions miss.
type exact struct {
	bits    [1 << 10]uint64
	heads   map[uint64][]pattern
	scratch sync.Pool
}

type pattern struct {
	text []byte
	kind string
}

func (s *exact) learn(secret []byte) {
	s.add(secret, "as it is")
	s.add(inJSON(secret), "in JSON")
	low := []byte(hex.EncodeToString(secret))
	s.add(low, "in hexadecimal")
	s.add(bytes.ToUpper(low), "in hexadecimal")
	for align := range 3 {
		s.add(base64Core(base64.RawStdEncoding, secret, align), "in base64")
		s.add(base64Core(base64.RawURLEncoding, secret, align), "in base64")
	}
}

// inJSON is a secret inside a JSON string, as most programs write it.
func inJSON(secret []byte) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(string(secret)) != nil {
		return secret
	}
	return bytes.Trim(b.Bytes(), "\"\n")
}

// base64Core is what base64 makes of a secret that begins align bytes after a group of three, without the
// characters that depend on the neighbours.
func base64Core(enc *base64.Encoding, secret []byte, align int) []byte {
	padded := append(make([]byte, align), secret...)
	text := []byte(enc.EncodeToString(padded))
	first := (align*8 + 5) / 6
	return text[first : len(padded)*8/6]
}

func (s *exact) add(text []byte, kind string) {
	key := binary.LittleEndian.Uint64(text)
	for _, known := range s.heads[key] {
		if bytes.Equal(known.text, text) {
			return
		}
	}
	s.heads[key] = append(s.heads[key], pattern{text, kind})
	h := slot(key)
	s.bits[h>>6] |= 1 << (h & 63)
}

// slot spreads 8 bytes over the 65,536 bits of the table.
func slot(key uint64) uint64 { return key * 0x9E3779B97F4A7C15 >> 48 }

func (s *exact) scan(window []byte) (string, bool) {
	if len(s.heads) == 0 {
		return "", false
	}
	buf, _ := s.scratch.Get().(*[]byte)
	if buf == nil {
		buf = new([]byte)
	}
	defer s.scratch.Put(buf)
	if kind, found := s.forms(window, buf); found {
		return kind, true
	}
	return s.decoded(window, buf)
}

// decoded looks behind up to three layers of percent-encoding.
func (s *exact) decoded(window []byte, buf *[]byte) (string, bool) {
	for range 3 {
		plain, changed := unpercent(window)
		if !changed {
			break
		}
		if kind, found := s.forms(plain, buf); found {
			return kind + ", percent-encoded", true
		}
		window = plain
	}
	return "", false
}

// forms looks at a window as it is, without line breaks, and in lower case (for mixed hexadecimal).
func (s *exact) forms(window []byte, buf *[]byte) (string, bool) {
	if kind, found := s.find(window); found {
		return kind, true
	}
	if bytes.IndexByte(window, '\n') >= 0 {
		if kind, found := s.find(squeeze(window, buf)); found {
			return kind, true
		}
	}
	return s.find(lower(window, buf))
}

func (s *exact) find(b []byte) (string, bool) {
	for i := 0; i+8 <= len(b); i++ {
		key := binary.LittleEndian.Uint64(b[i:])
		if h := slot(key); s.bits[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		for _, p := range s.heads[key] {
			if bytes.HasPrefix(b[i:], p.text) {
				return p.kind, true
			}
		}
	}
	return "", false
}

// squeeze leaves out white space, as it stands in wrapped base64.
func squeeze(b []byte, buf *[]byte) []byte {
	out := (*buf)[:0]
	for _, c := range b {
		if c != '\n' && c != '\r' && c != ' ' && c != '\t' {
			out = append(out, c)
		}
	}
	*buf = out
	return out
}

func lower(b []byte, buf *[]byte) []byte {
	out := append((*buf)[:0], b...)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	*buf = out
	return out
}

// unpercent decodes %XX and leaves everything else as it is.
func unpercent(b []byte) ([]byte, bool) {
	if bytes.IndexByte(b, '%') < 0 {
		return b, false
	}
	out, changed := make([]byte, 0, len(b)), false
	for i := 0; i < len(b); i++ {
		if b[i] == '%' && i+2 < len(b) {
			if hi, lo := digit(b[i+1]), digit(b[i+2]); hi >= 0 && lo >= 0 {
				out, changed, i = append(out, byte(hi<<4|lo)), true, i+2
				continue
			}
		}
		out = append(out, b[i])
	}
	return out, changed
}

// digit is the value of a hexadecimal digit, or -1.
func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
