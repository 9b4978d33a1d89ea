package catalog

import (
	"strings"

	"writ/internal/effect"
)

// captureLibraries are packages whose purpose it is to record what a person types, shows or copies, or to take
// the credentials that programs keep.
var captureLibraries = nameSet("pynput keyboard pyxhook evdev python-xlib pyhook keylogger node-global-key-listener iohook uiohook-napi node-keylogger browser-cookie3 browser_cookie3 pycookiecheat lazagne")

// noteCapture marks the installation of such a package.
func noteCapture(out *Outcome, c Call) {
	for i := range out.Effects {
		e := &out.Effects[i]
		if e.Kind != effect.PkgInstall || e.Has("unsafe") {
			continue
		}
		for _, w := range c.Args[1:] {
			name := strings.ToLower(w.Text)
			if cut := strings.IndexAny(name, "=<>~!@["); cut > 0 {
				name = name[:cut]
			}
			if captureLibraries[name] {
				e.Flags = with(e.Flags, "unsafe")
				break
			}
		}
	}
}
