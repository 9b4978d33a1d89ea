package catalog

import (
	"net/netip"
	"strconv"
	"strings"
)

// address is a place on the network as written on a command line.
type address struct {
	scheme, host, path, query string
	port                      int
	// secret is true when the address carries a password or token.
	secret bool
	ok     bool
}

var defaultPorts = map[string]int{"http": 80, "https": 443, "ssh": 22, "git": 9418, "ftp": 21, "ftps": 990, "sftp": 22, "scp": 22,
	"ws": 80, "wss": 443, "smtp": 25, "smtps": 465, "telnet": 23, "ldap": 389, "ldaps": 636, "rsync": 873, "gopher": 70, "dict": 2628, "tftp": 69, "redis": 6379, "postgres": 5432, "postgresql": 5432, "mysql": 3306}

// parseURL reads scheme://user:password@host:port/path?query as a client would; userinfo is cut at the last @
// before the path, numbers in other notations (0x7f.1, 2130706433) are brought to dotted form. Without a
// scheme, the scheme given is taken.
func parseURL(text, scheme string) address {
	a := address{scheme: scheme}
	rest := strings.TrimSpace(text)
	if i := strings.Index(rest, "://"); i >= 0 {
		a.scheme, rest = strings.ToLower(rest[:i]), rest[i+3:]
	} else {
		rest = strings.TrimPrefix(rest, "//")
	}
	rest, _, _ = strings.Cut(rest, "#")
	authority := rest
	if i := strings.IndexAny(rest, `/?\`); i >= 0 {
		authority, a.path = rest[:i], rest[i:]
	}
	a.path, a.query, _ = strings.Cut(a.path, "?")
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		a.secret = strings.Contains(authority[:i], ":") || len(authority[:i]) > 16
		authority = authority[i+1:]
	}
	a.splitHost(authority)
	if hasSecretQuery(a.query) {
		a.secret = true
	}
	a.ok = a.host != ""
	return a
}

func (a *address) splitHost(authority string) {
	a.host = authority
	if strings.HasPrefix(authority, "[") {
		if i := strings.IndexByte(authority, ']'); i > 0 {
			a.host, authority = authority[1:i], authority[i+1:]
		}
	} else if i := strings.LastIndexByte(authority, ':'); i >= 0 {
		a.host, authority = authority[:i], authority[i:]
	} else {
		authority = ""
	}
	if p, err := strconv.Atoi(strings.TrimPrefix(authority, ":")); err == nil {
		a.port = p
	}
	if a.port == 0 {
		a.port = defaultPorts[a.scheme]
	}
	a.host = canonicalHost(a.host)
}

// canonicalHost lower-cases a name, drops the last dot, and writes IPv4 in dotted form.
func canonicalHost(h string) string {
	h = strings.TrimSuffix(strings.ToLower(h), ".")
	h = strings.ReplaceAll(h, "%2e", ".")
	if ip, ok := parseIPv4(h); ok {
		return ip
	}
	if ip, err := netip.ParseAddr(h); err == nil {
		return ip.Unmap().String()
	}
	return h
}

// parseIPv4 reads the forms that the C library takes: 1 to 4 parts, decimal, octal or hexadecimal.
func parseIPv4(h string) (string, bool) {
	parts := strings.Split(h, ".")
	if len(parts) > 4 || h == "" {
		return "", false
	}
	var n uint64
	for i, part := range parts {
		v, err := strconv.ParseUint(part, 0, 64)
		if err != nil {
			return "", false
		}
		if i == len(parts)-1 {
			room := uint(8 * (5 - len(parts)))
			if v >= 1<<room {
				return "", false
			}
			n = n<<room | v
			break
		}
		if v > 255 {
			return "", false
		}
		n = n<<8 | v
	}
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}).String(), true
}

// scpHost reads user@host:path; ok is false for local paths.
func scpHost(text string) (host, path string, ok bool) {
	i := strings.IndexByte(text, ':')
	if i <= 0 || strings.ContainsAny(text[:i], "/") || i == 1 {
		return "", "", false
	}
	host, path = text[:i], text[i+1:]
	if j := strings.LastIndexByte(host, '@'); j >= 0 {
		host = host[j+1:]
	}
	return canonicalHost(strings.Trim(host, "[]")), strings.TrimPrefix(path, ":"), host != ""
}

// isLocalHost tells whether the host is this machine.
func isLocalHost(h string) bool {
	if h == "localhost" || strings.HasSuffix(h, ".localhost") || h == "host.docker.internal" || h == "ip6-localhost" {
		return true
	}
	ip, err := netip.ParseAddr(h)
	return err == nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// isPrivateHost tells whether the host is this machine or lies in a private network.
func isPrivateHost(h string) bool {
	if isLocalHost(h) || strings.HasSuffix(h, ".local") || strings.HasSuffix(h, ".internal") || strings.HasSuffix(h, ".lan") {
		return true
	}
	ip, err := netip.ParseAddr(h)
	return err == nil && (ip.IsPrivate() || ip.IsLinkLocalUnicast())
}

// isMetadataHost tells whether the host hands out credentials of the cloud instance.
func isMetadataHost(h string) bool {
	switch h {
	case "169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23", "100.100.100.200", "metadata.google.internal", "metadata",
		"metadata.goog", "metadata.azure.com", "metadata.azure.internal", "instance-data", "169.254.169.253", "192.0.0.192", "metadata.tencentyun.com", "fd20:ce::254", "metadata.packet.net", "rancher-metadata":
		return true
	}
	return strings.Contains(h, "169.254.169.254") || strings.HasPrefix(h, "instance-data.")
}

var secretParams = nameSet("key api_key apikey api-key access_token token auth_token secret client_secret password passwd pwd sig signature x-amz-signature")

func hasSecretQuery(query string) bool {
	for _, part := range strings.Split(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		if secretParams[strings.ToLower(name)] && len(value) >= 8 {
			return true
		}
	}
	return false
}
