package sandbox

import (
	"os"

	"writ/internal/level"
)

// Report is what a host gives.
type Report struct {
	Level level.Level
	why   string
}

// Why says what stands in the way of more.
func (r Report) Why() string { return r.why }

// Probe builds a sandbox at each level, strongest first, and tells which stood.
func Probe(launcher string) Report {
	var r Report
	for _, l := range []level.Level{level.Full, level.Landlock} {
		s, err := Start(Profile{Name: "probe"}, Options{Launcher: launcher, Level: l, Tmp: os.TempDir()})
		if err == nil {
			s.Close()
			r.Level = l
			return r
		}
		if r.why == "" {
			r.why = err.Error()
		}
	}
	return r
}
