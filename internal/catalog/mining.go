package catalog

import (
	"path"
	"strings"

	"writ/internal/effect"
)

// noteMining sees that a program digs for coins by what it is told, whatever it is called: the address of a
// pool, or an image that carries a known miner.
func noteMining(out *Outcome, c Call) {
	for _, w := range c.Args[min(1, len(c.Args)):] {
		if strings.Contains(w.Text, " ") {
			continue // text, which only mentions it
		}
		if strings.Contains(w.Text, "stratum+tcp://") || strings.Contains(w.Text, "stratum+ssl://") || strings.Contains(w.Text, "stratum2+") {
			mines(out, c)
			return
		}
	}
	for _, e := range out.Effects {
		image, _, _ := strings.Cut(path.Base(e.Target), ":")
		if e.Kind == effect.ContainerRun && minerImages[image] {
			mines(out, c)
			return
		}
	}
}

func mines(out *Outcome, c Call) {
	if name := c.Name(); name == "echo" || name == "grep" || name == "rg" || name == "printf" {
		return
	}
	out.add(effect.SysExhaust, c.Name(), "mine", "cpu")
}

var minerImages = nameSet("xmrig xmr-stak cpuminer minerd cgminer bfgminer ethminer nbminer lolminer t-rex nanominer srbminer-multi")
