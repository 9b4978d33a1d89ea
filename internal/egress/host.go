package egress

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Target is where a request wants to go. Host is normalised: lower case, no trailing dot, an address in its
// shortest form and without brackets.
type Target struct {
	Host   string
	Port   uint16
	Method string // as the client wrote it; CONNECT for a tunnel
	Scheme string // "http" in the clear, "tunnel" for CONNECT
}

// String is host:port, with brackets where an address needs them.
func (t Target) String() string { return net.JoinHostPort(t.Host, strconv.Itoa(int(t.Port))) }

// authority splits and normalises host:port. Without a port, fallback counts; 0 makes the port required.
func authority(s string, fallback uint16) (host string, port uint16, err error) {
	rawHost, rawPort, err := splitPort(s)
	if err != nil {
		return "", 0, err
	}
	if host, err = normalHost(rawHost); err != nil {
		return "", 0, err
	}
	if rawPort == "" && !strings.HasSuffix(s, ":") && fallback != 0 {
		return host, fallback, nil
	}
	port, err = parsePort(rawPort)
	return host, port, err
}

// splitPort cuts the port off; an IPv6 address needs brackets and comes out without them.
func splitPort(s string) (host, port string, err error) {
	if rest, ok := strings.CutPrefix(s, "["); ok {
		host, port, ok = strings.Cut(rest, "]")
		if !ok || !strings.Contains(host, ":") {
			return "", "", fmt.Errorf("%s: brackets are for an IPv6 address, as in [::1]:443", quote(s))
		}
		if port != "" && port[0] != ':' {
			return "", "", fmt.Errorf("%s: want a port after the bracket, as in [::1]:443", quote(s))
		}
		return host, strings.TrimPrefix(port, ":"), nil
	}
	if strings.Count(s, ":") > 1 {
		return "", "", fmt.Errorf("%s: an IPv6 address needs brackets, as in [::1]:443", quote(s))
	}
	host, port, _ = strings.Cut(s, ":")
	return host, port, nil
}

// parsePort reads a port as everybody reads it: digits without sign or leading zero.
func parsePort(s string) (uint16, error) {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil || n == 0 || s[0] == '0' || s[0] == '+' {
		return 0, fmt.Errorf("port %s: want a number from 1 to 65535", quote(s))
	}
	return uint16(n), nil
}

// normalHost is the one spelling of a host: what differs only in case, a trailing dot or the form of an address
// is the same. Forms of which programs make different hosts are refused: numbers that are no dotted address
// (0x7f.1, 2130706433, 010.0.0.1), zones, letters outside ASCII, everything that no host name holds.
func normalHost(s string) (string, error) {
	if strings.Contains(s, ":") {
		return normalIPv6(s)
	}
	name := strings.ToLower(strings.TrimSuffix(s, "."))
	if err := checkName(name); err != nil {
		return "", err
	}
	if !numeric(name) {
		return name, nil
	}
	addr, err := netip.ParseAddr(name)
	if err != nil {
		return "", fmt.Errorf("host %s: a number is read differently by different programs, write the address with four decimal parts", quote(s))
	}
	return addr.String(), nil
}

func normalIPv6(s string) (string, error) {
	addr, err := netip.ParseAddr(s)
	if err != nil {
		return "", fmt.Errorf("host %s: want a name or an address", quote(s))
	}
	if addr.Zone() != "" {
		return "", fmt.Errorf("host %s: an address with a zone is an interface of this machine", quote(s))
	}
	return addr.Unmap().String(), nil
}

// checkName holds a name to the letters, lengths and labels of DNS. The underscore is no letter of host names,
// but some servers have it.
func checkName(name string) error {
	if name == "" {
		return errors.New("the host is empty")
	}
	if len(name) > 253 {
		return fmt.Errorf("host of %d bytes, at most 253 are a name", len(name))
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return fmt.Errorf("host %s: %s is no label of a name", quote(name), quote(label))
		}
		for i := range len(label) {
			if err := checkLetter(label[i], name); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkLetter(c byte, name string) error {
	switch {
	case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_':
		return nil
	case c >= 0x80:
		return fmt.Errorf("host %s: write an international name in its xn-- form", quote(name))
	default:
		return fmt.Errorf("host %s: %s does not belong in a name", quote(name), quote(string(c)))
	}
}

// numeric reports whether a program could read the name as an IPv4 address: its last label is a number, decimal,
// octal or hexadecimal, as the URL standard of browsers defines it.
func numeric(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}

// quote makes a stranger's text safe for one line of a message.
func quote(s string) string {
	if len(s) > 80 {
		s = s[:80] + "…"
	}
	return strconv.QuoteToASCII(s)
}
