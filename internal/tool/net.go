package tool

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"writ/internal/effect"
)

// webFetch reads the address that a page is fetched from.
func (c *call) webFetch() error {
	raw, err := c.in.text("url")
	if err != nil {
		return err
	}
	c.out.Summary = c.tool + " " + oneLine(raw)
	e, err := contact(raw)
	if err != nil {
		return err
	}
	if e.Scheme == "file" {
		e = c.file(effect.FSRead, e.Path)
	}
	c.add(e)
	return nil
}

// contact turns an address into the request that it makes, or into a file for file://.
func contact(raw string) (effect.Effect, error) {
	if !strings.Contains(raw, "://") {
		raw = "https://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil {
		return effect.Effect{}, fmt.Errorf("the address cannot be read: %w", err)
	}
	e := effect.Effect{Kind: effect.NetConnect, Host: strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), Scheme: strings.ToLower(u.Scheme), Method: "GET", Words: []string{raw}}
	if e.Scheme == "file" {
		e.Path = u.Path
		return e, nil
	}
	if e.Host == "" {
		return effect.Effect{}, fmt.Errorf("the address %q names no host", raw)
	}
	if p := u.Port(); p != "" {
		e.Port, err = strconv.Atoi(p)
		if err != nil {
			return effect.Effect{}, fmt.Errorf("the address %q has no valid port", raw)
		}
	}
	if u.User != nil {
		e.Flags = append(e.Flags, "secret")
	}
	return e, nil
}

func (c *call) webSearch() error {
	query := c.in.optional("query")
	c.out.Summary = c.tool + " " + oneLine(query)
	c.add(effect.Effect{Kind: effect.NetConnect, Target: "search", Method: "GET", Words: []string{query}})
	return nil
}
