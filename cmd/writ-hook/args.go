package main

import (
	"fmt"
	"path/filepath"
)

// options are the arguments, pinned into the host's settings by writ.
type options struct {
	home, host, run string
	gate            bool
}

func parse(args []string) (options, error) {
	var o options
	for i := 0; i < len(args); i++ {
		switch a := args[i]; a {
		case "-gate":
			o.gate = true
		case "-home", "-run":
			if i++; i == len(args) {
				return o, fmt.Errorf("%s without a value", a)
			}
			if a == "-home" {
				o.home = args[i]
			} else {
				o.run = args[i]
			}
		default:
			if o.host != "" || a == "" || a[0] == '-' {
				return o, fmt.Errorf("unknown argument %q: want -home DIR [-gate] [-run ID] HOST", a)
			}
			o.host = a
		}
	}
	if !filepath.IsAbs(o.home) {
		return o, fmt.Errorf("-home %q: want writ's home folder as an absolute path", o.home)
	}
	if o.host == "" {
		return o, fmt.Errorf("no host named: want -home DIR [-gate] [-run ID] HOST")
	}
	return o, nil
}
