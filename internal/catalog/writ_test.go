package catalog

import (
	"strings"
	"testing"

	"writ/internal/effect"
)

func TestWrit(t *testing.T) {
	for line, want := range map[string]effect.Kind{
		"writ approve a1":               effect.WritControl,
		"writ reject a1 --why x":        effect.WritControl,
		"writ --home /tmp/x approve a1": effect.WritControl,
		"writ daemon stop":              effect.WritControl,
		"writ daemon":                   effect.WritControl,
		"writ init":                     effect.WritControl,
		"writ uninstall":                effect.WritControl,
		"writ brand-new":                effect.WritControl,
		"writ-hook -home /x claude":     effect.WritControl,
		"/opt/bin/WRIT approve a1":      effect.WritControl,
		"writ daemon status":            effect.Exec,
		"writ log --follow":             effect.Exec,
		"writ policy show":              effect.Exec,
		"writ explain -- rm -rf /":      effect.Exec,
		"writ":                          effect.Exec,
		"writ restore latest":           effect.GitDiscard,
		"writ worktree list":            effect.Exec,
		"writ worktree land alice":      effect.WritControl,
		"writ worktree remove alice":    effect.WritControl,
	} {
		var args []Word
		for _, f := range strings.Fields(line) {
			args = append(args, Word{Text: f, Known: true})
		}
		out := Look(Call{Args: args})
		if len(out.Effects) != 1 || out.Effects[0].Kind != want {
			t.Errorf("%s: got %+v, want %s", line, out.Effects, want)
		}
	}
	if out := Look(Call{Args: []Word{{Text: "writ", Known: true}, {Known: false}}}); out.Effects[0].Kind != effect.WritControl {
		t.Errorf("a computed subcommand: got %+v", out.Effects)
	}
}
