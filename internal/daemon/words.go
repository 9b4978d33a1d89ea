package daemon

import (
	"strings"

	"writ/internal/verdict"
)

// words tell the agent, or the person at the dialog, what was decided and what to do now.
func (d *Daemon) words(r *ruling) string {
	switch r.verdict.Effect {
	case verdict.Deny:
		text := "writ: denied. " + reasons(r.verdict, verdict.Deny)
		if r.stuck {
			text += " This has been refused before: do not try it again, also not in other words. A human has been told."
		}
		return text
	case verdict.Ask:
		text := "writ: a human must approve this. " + reasons(r.verdict, verdict.Ask) + " They can do so with: writ approve " + r.call.approval + "."
		if r.stuck {
			text += " This has been asked before without success: do not repeat it, go on with something else."
		}
		return text
	}
	return ""
}

// reasons joins the reasons of one effect: rule, text, and what to do instead. The same one is said once.
func reasons(v verdict.Verdict, e verdict.Effect) string {
	var parts []string
	seen := map[string]bool{}
	for _, r := range v.Reasons {
		if r.Effect != e || seen[r.Rule+r.Text] {
			continue
		}
		seen[r.Rule+r.Text] = true
		s := r.Rule + ": " + strings.TrimSuffix(r.Text, ".") + "."
		if r.Instead != "" && !seen[r.Instead] {
			seen[r.Instead] = true
			s += " Instead: " + strings.TrimSuffix(r.Instead, ".") + "."
		}
		parts = append(parts, s)
	}
	if len(parts) == 0 {
		return "No reason was given."
	}
	return strings.Join(parts, " ")
}
