package egress

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// Rules is an allow-list. The zero value allows nothing.
type Rules struct{ list []rule }

type rule struct {
	text    string // canonical, as it is logged
	host    string // normalised; of a wildcard what follows "*."
	sub     bool   // names below host, not host itself
	port    uint16 // 0: web or any
	web     bool   // 80 and 443
	private bool   // addresses of the inside are meant, too
}

// ParseRules reads an allow-list:
//
//	host:port      one port
//	host           ports 443 and 80
//	host:*         every port
//	*.host:port    names below host, not host itself
//	192.0.2.1:443  an address, with [::1]:443 for IPv6
//
// A rule that names an address of the inside (127.0.0.1:8080) permits exactly that address; a name that resolves
// to the inside stays refused unless the rules are marked with AllowPrivate.
func ParseRules(texts []string) (Rules, error) {
	var out Rules
	var errs []error
	for _, text := range texts {
		r, err := parseRule(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("egress rule %s: %w", quote(text), err))
			continue
		}
		out.list = append(out.list, r)
	}
	if len(errs) > 0 {
		return Rules{}, errors.Join(errs...)
	}
	return out, nil
}

func parseRule(text string) (rule, error) {
	s := strings.TrimSpace(text)
	if err := checkShape(s); err != nil {
		return rule{}, err
	}
	rest, sub := strings.CutPrefix(s, "*.")
	rawHost, rawPort, err := splitPort(rest)
	if err != nil {
		return rule{}, err
	}
	r := rule{sub: sub}
	if r.host, err = ruleHost(rawHost, sub); err != nil {
		return rule{}, err
	}
	if err := r.setPort(rawPort, strings.HasSuffix(rest, ":")); err != nil {
		return rule{}, err
	}
	if addr, err := netip.ParseAddr(r.host); err == nil {
		r.private = class(addr) != ""
	}
	r.text = r.String()
	return r, nil
}

// checkShape catches what people write in place of a rule, and says what is meant to stand there.
func checkShape(s string) error {
	switch {
	case s == "":
		return errors.New("it is empty, want host, host:port or *.host:port")
	case strings.Contains(s, "://"):
		return errors.New("want host:port and no address with a scheme")
	case strings.Contains(s, "/"):
		return errors.New("a rule names a host and a port; paths and address ranges are not supported")
	case s == "*" || strings.HasPrefix(s, "*:"):
		return errors.New("it would let everything out, name the hosts")
	case strings.Contains(strings.TrimSuffix(strings.TrimPrefix(s, "*."), ":*"), "*"):
		return errors.New("a star stands for the first labels (*.host) or for every port (host:*)")
	}
	return nil
}

func ruleHost(raw string, sub bool) (string, error) {
	host, err := normalHost(raw)
	if err != nil || !sub {
		return host, err
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return "", errors.New("an address has no names below it")
	}
	if !strings.Contains(host, ".") {
		return "", fmt.Errorf("*.%s is wider than one owner's names, want at least two labels after the star", host)
	}
	return host, nil
}

func (r *rule) setPort(raw string, colon bool) (err error) {
	switch {
	case raw == "*":
	case raw == "" && !colon:
		r.web = true
	default:
		r.port, err = parsePort(raw)
	}
	return err
}

// String is the canonical text: parsing it gives the same rule.
func (r rule) String() string {
	host := r.host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if r.sub {
		host = "*." + host
	}
	switch {
	case r.web:
		return host
	case r.port == 0:
		return host + ":*"
	}
	return fmt.Sprintf("%s:%d", host, r.port)
}

// Match returns the first rule that allows the host and port.
func (rs Rules) Match(host string, port uint16) (rule string, ok bool) {
	r, ok := rs.find(host, port)
	return r.text, ok
}

func (rs Rules) find(host string, port uint16) (rule, bool) {
	host, err := normalHost(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
	if err != nil || port == 0 {
		return rule{}, false
	}
	for _, r := range rs.list {
		if r.hostMatches(host) && r.portMatches(port) {
			return r, true
		}
	}
	return rule{}, false
}

func (r rule) hostMatches(host string) bool {
	if r.sub {
		return strings.HasSuffix(host, "."+r.host)
	}
	return host == r.host
}

func (r rule) portMatches(port uint16) bool {
	if r.web {
		return port == 443 || port == 80
	}
	return r.port == 0 || r.port == port
}

// AllowPrivate returns the same rules, whose names may also have addresses of the inside: for the company's own
// registry, never for names that a stranger may point elsewhere.
func (rs Rules) AllowPrivate() Rules {
	out := Rules{list: append([]rule(nil), rs.list...)}
	for i := range out.list {
		out.list[i].private = true
	}
	return out
}

// Join returns the rules followed by more.
func (rs Rules) Join(more Rules) Rules {
	return Rules{list: append(append([]rule(nil), rs.list...), more.list...)}
}

// Strings are the rules in canonical form.
func (rs Rules) Strings() []string {
	out := make([]string, len(rs.list))
	for i, r := range rs.list {
		out[i] = r.text
	}
	return out
}
