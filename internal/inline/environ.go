package inline

import "writ/internal/effect"

// prints is a call that shows its arguments: the whole environment among them is a look at what it holds.
func prints(r *reader, c call) value {
	for _, a := range c.args {
		if a.ref == "os.environ" || a.ref == "process.env" {
			r.effect(effect.Effect{Kind: effect.SecretRead, Target: "environment", Flags: []string{"env"}})
			break
		}
	}
	return value{}
}
