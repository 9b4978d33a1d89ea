package egress

import (
	"net/netip"
	"testing"
)

func TestClass(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1": "loopback", "127.255.255.254": "loopback", "0.0.0.0": "unspecified", "0.1.2.3": "unspecified",
		"10.1.2.3": "private", "172.16.0.1": "private", "172.31.255.255": "private", "192.168.1.1": "private",
		"169.254.169.254": "link-local and metadata", "169.254.170.2": "link-local and metadata", "169.254.0.1": "link-local and metadata",
		"100.64.0.1": "carrier and metadata", "100.100.100.200": "carrier and metadata", "100.127.255.255": "carrier and metadata",
		"192.0.0.192": "protocol", "168.63.129.16": "metadata", "224.0.0.1": "multicast", "239.255.255.250": "multicast",
		"240.0.0.1": "reserved", "255.255.255.255": "reserved",
		"::": "unspecified", "::1": "loopback", "fe80::1": "link-local", "fe80::1%eth0": "link-local", "fec0::1": "site-local",
		"fd00:ec2::254": "private and metadata", "fc00::1": "private and metadata", "ff02::1": "multicast", "100::1": "discard",
		"64:ff9b:1::7f00:1": "local translation",
		"::ffff:127.0.0.1":  "loopback", "::ffff:169.254.169.254": "link-local and metadata",
		"::127.0.0.1": "loopback inside IPv4-compatible", "::ffff:0:10.0.0.1": "private inside IPv4-translated",
		"64:ff9b::127.0.0.1": "loopback inside NAT64", "64:ff9b::a9fe:a9fe": "link-local and metadata inside NAT64",
		"2002:7f00:1::": "loopback inside 6to4", "2002:a9fe:a9fe::1": "link-local and metadata inside 6to4",
		"2001:0:4136:e378:8000:63bf:80ff:fffe": "loopback inside Teredo", // 127.0.0.1 with its bits inverted
		"2001:0:a00:1::":                       "private inside Teredo server",
		"2a00:1450::5efe:a00:1":                "private inside ISATAP", "2a00:1450::200:5efe:7f00:1": "loopback inside ISATAP",

		"192.0.2.1": "", "198.51.100.7": "", "203.0.113.80": "", "198.18.0.1": "", "198.19.255.255": "", "2001:db8::1": "",
		"1.1.1.1": "", "8.8.8.8": "", "172.15.255.255": "", "172.32.0.1": "", "100.63.255.255": "", "100.128.0.1": "",
		"192.0.1.1": "", "223.255.255.255": "", "169.253.1.1": "", "11.0.0.1": "", "126.255.255.255": "", "128.0.0.1": "",
		"2606:4700::1111": "", "64:ff9b::1.1.1.1": "", "2002:101:101::": "", "::ffff:1.1.1.1": "",
	} {
		if got := class(netip.MustParseAddr(addr)); got != want {
			t.Errorf("class(%s) = %q, want %q", addr, got, want)
		}
	}
	if got := class(netip.Addr{}); got == "" {
		t.Error("an address that is none counts as public")
	}
}

// Every IPv4 range of the inside stays inside in each form that carries IPv4.
func TestClassCarried(t *testing.T) {
	for _, r := range inside {
		if !r.prefix.Addr().Is4() {
			continue
		}
		a := r.prefix.Addr().As4()
		for _, head := range []string{"::ffff:", "64:ff9b::", "::ffff:0:"} {
			addr := netip.MustParseAddr(head + netip.AddrFrom4(a).String())
			if class(addr) == "" {
				t.Errorf("%s counts as public, but carries %s", addr, r.class)
			}
		}
		six := netip.AddrFrom16([16]byte{0x20, 0x02, a[0], a[1], a[2], a[3]})
		if class(six) == "" {
			t.Errorf("%s counts as public, but carries %s", six, r.class)
		}
	}
}

func TestOwnAddresses(t *testing.T) {
	own := ownAddrs()
	if len(own) == 0 {
		t.Skip("this machine has no address, not even loopback")
	}
	p := New(Options{})
	for _, addr := range own {
		if p.classHere(addr) == "" {
			t.Errorf("%s is this machine's and counts as public", addr)
		}
	}
	public := netip.MustParseAddr("203.0.113.99")
	p.own = func() []netip.Addr { return nil }
	if got := p.classHere(public); got != "" {
		t.Errorf("class of %s is %q", public, got)
	}
	p.own = func() []netip.Addr { return []netip.Addr{public} }
	if got := p.classHere(public); got != "this machine's own" {
		t.Errorf("class of our own %s is %q", public, got)
	}
}
