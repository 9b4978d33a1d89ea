package catalog

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"writ/internal/effect"
)

func hexdumps(c Call) Outcome {
	p := newSpec("- r,revert p,ps,plain,postscript l,len= s,seek= c,cols= g= o= n,name= a b d e E i u C v").parse(c.Args[1:])
	var out Outcome
	out.path(effect.FSRead, p.arg(0))
	if len(p.args) > 1 {
		out.path(effect.FSWrite, p.args[1], "truncate")
	}
	if p.has("revert") || p.has("r") {
		out.Emits = "decode"
		if text, ok := stdinText(c); ok && p.has("plain") {
			out.EmitText = decodeHex(text)
		}
	}
	return out
}

// stdinText is the literal input of a command without file operands.
func stdinText(c Call) (string, bool) {
	if c.Stdin == nil || !c.Stdin.Known {
		return "", false
	}
	return c.Stdin.Text, true
}

func decodeHex(text string) string {
	raw, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return ""
	}
	return string(raw)
}

func base64s(c Call) Outcome {
	p := newSpec("d,decode D i,ignore-garbage w,wrap= o,output= base64 base64url base32 base16 input=").parse(c.Args[1:])
	var out Outcome
	out.paths(effect.FSRead, p.args)
	out.paths(effect.FSRead, p.values("input"))
	out.paths(effect.FSWrite, p.values("output"), "truncate")
	if !p.has("decode", "D") && c.Name() != "uudecode" {
		return out
	}
	out.Emits = "decode"
	text, ok := stdinText(c)
	if !ok {
		return out
	}
	text = strings.Join(strings.Fields(text), "")
	if c.Name() == "base32" {
		raw, _ := base32.StdEncoding.DecodeString(text)
		out.EmitText = string(raw)
		return out
	}
	raw, _ := base64.StdEncoding.WithPadding(base64.NoPadding).DecodeString(strings.TrimRight(text, "="))
	out.EmitText = string(raw)
	return out
}
