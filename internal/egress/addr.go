package egress

import (
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
)

// inside is every range that is not the public internet. The documentation and benchmark ranges (192.0.2.0/24,
// 198.51.100.0/24, 203.0.113.0/24, 198.18.0.0/15, 2001:db8::/32) are left out on purpose: nobody's inside lives
// there, and some build machines map the public registries to them.
var inside = []struct {
	prefix netip.Prefix
	class  string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "unspecified"},
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local and metadata"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private"},
	{netip.MustParsePrefix("172.16.0.0/12"), "private"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private"},
	{netip.MustParsePrefix("100.64.0.0/10"), "carrier and metadata"}, // 100.100.100.200 is one cloud's metadata
	{netip.MustParsePrefix("192.0.0.0/24"), "protocol"},              // 192.0.0.192 is another's
	{netip.MustParsePrefix("168.63.129.16/32"), "metadata"},          // a public address, served inside one cloud
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved"}, // broadcast included
	{netip.MustParsePrefix("::/128"), "unspecified"},
	{netip.MustParsePrefix("::1/128"), "loopback"},
	{netip.MustParsePrefix("fe80::/10"), "link-local"},
	{netip.MustParsePrefix("fec0::/10"), "site-local"},
	{netip.MustParsePrefix("fc00::/7"), "private and metadata"}, // fd00:ec2::254 is metadata
	{netip.MustParsePrefix("ff00::/8"), "multicast"},
	{netip.MustParsePrefix("100::/64"), "discard"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "local translation"},
}

// carriers are IPv6 ranges that hold an IPv4 address, which is then what counts: at is its offset in bytes, flip
// says that its bits are inverted.
var carriers = []struct {
	prefix netip.Prefix
	name   string
	at     int
	flip   bool
}{
	{netip.MustParsePrefix("::/96"), "IPv4-compatible", 12, false},
	{netip.MustParsePrefix("::ffff:0:0:0/96"), "IPv4-translated", 12, false},
	{netip.MustParsePrefix("64:ff9b::/96"), "NAT64", 12, false},
	{netip.MustParsePrefix("2002::/16"), "6to4", 2, false},
	{netip.MustParsePrefix("2001::/32"), "Teredo server", 4, false},
	{netip.MustParsePrefix("2001::/32"), "Teredo", 12, true},
}

// class names what kind of inside an address belongs to; "" is the public internet. An invalid address is inside.
func class(addr netip.Addr) string {
	if !addr.IsValid() {
		return "invalid"
	}
	addr = addr.Unmap().WithZone("")
	for _, r := range inside {
		if r.prefix.Contains(addr) {
			return r.class
		}
	}
	if addr.Is4() {
		return ""
	}
	return carried(addr)
}

// carried looks at IPv4 addresses inside an IPv6 one, the interface identifiers of ISATAP included.
func carried(addr netip.Addr) string {
	b := addr.As16()
	for _, c := range carriers {
		if !c.prefix.Contains(addr) {
			continue
		}
		if kind := class(embedded(b[c.at:], c.flip)); kind != "" {
			return kind + " inside " + c.name
		}
	}
	if id := binary.BigEndian.Uint32(b[8:12]); id == 0x00005efe || id == 0x02005efe {
		if kind := class(embedded(b[12:], false)); kind != "" {
			return kind + " inside ISATAP"
		}
	}
	return ""
}

func embedded(b []byte, flip bool) netip.Addr {
	v := binary.BigEndian.Uint32(b)
	if flip {
		v = ^v
	}
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
}

// classHere is class, to which the addresses of this machine count as inside: a service that listens on all of
// them is as close as one on loopback.
func (p *Proxy) classHere(addr netip.Addr) string {
	if kind := class(addr); kind != "" {
		return kind
	}
	for _, own := range p.own() {
		if own == addr.Unmap().WithZone("") {
			return "this machine's own"
		}
	}
	return ""
}

// ownAddrs asks the kernel each time: addresses come and go while a daemon runs. Around 50 µs.
func ownAddrs() []netip.Addr {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var out []netip.Addr
	for _, a := range list {
		if n, ok := a.(*net.IPNet); ok {
			if addr, ok := netip.AddrFromSlice(n.IP); ok {
				out = append(out, addr.Unmap())
			}
		}
	}
	return out
}

// insideName knows names that mean the inside wherever they are resolved. It is what remains of the check where
// an upstream proxy resolves.
func insideName(host string) bool {
	switch host {
	case "localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback",
		"metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal":
		return true
	}
	return strings.HasSuffix(host, ".localhost")
}
