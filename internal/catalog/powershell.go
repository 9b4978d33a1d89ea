package catalog

import (
	"encoding/base64"
	"strings"

	"writ/internal/effect"
)

var powershellSpec = newSpec("+ - / command,c= file,f= encodedcommand,e,ec,enc= executionpolicy,ep,ex,exec= windowstyle,w= noprofile,nop noninteractive,noni nologo,nol version,v= interactive,i workingdirectory,wd= configurationname= sta mta")

// powershell runs a command, an encoded one, or a file.
func powershell(c Call) Outcome {
	p := powershellSpec.parse(lowerOptions(c.Args[1:]))
	var out Outcome
	if strings.HasPrefix(strings.ToLower(p.text("executionpolicy")), "bypass") || strings.HasPrefix(strings.ToLower(p.text("executionpolicy")), "unrestr") {
		out.add(effect.Bypass, "execution policy", "prompt")
	}
	for _, o := range p.opts {
		if strings.HasPrefix("encodedcommand", o.name) && len(o.name) > 1 || o.name == "encodedcommand" {
			out.add(effect.ExecInline, "powershell -EncodedCommand", "decode")
			out.code("powershell", known(decodeUTF16(o.value.Text)), "powershell -EncodedCommand")
		}
	}
	if w, ok := p.value("command"); ok {
		w = oneWord(append([]Word{w}, p.args...))
		out.code("powershell", w, "powershell -Command")
		return out
	}
	if w, ok := p.value("file"); ok {
		out.script("powershell", w, p.args, "powershell -File")
		return out
	}
	if len(p.args) > 0 {
		out.code("powershell", oneWord(p.args), "powershell")
	} else if len(p.opts) == 0 {
		readsShellInput(&out, c, "powershell", "powershell")
	}
	return out
}

// decodeUTF16 is the text that -EncodedCommand carries: base64 of UTF-16.
func decodeUTF16(text string) string {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	var b strings.Builder
	for i := 0; i+1 < len(raw); i += 2 {
		if raw[i+1] == 0 {
			b.WriteByte(raw[i])
		}
	}
	return b.String()
}
