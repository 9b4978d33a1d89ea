package catalog

import (
	"strings"
	"testing"

	"writ/internal/effect"
)

func TestVault(t *testing.T) {
	for line, want := range map[string]effect.Kind{
		"vault status":                           effect.CloudRead,
		"vault kv list secret/":                  effect.CloudRead,
		"vault kv get secret/app":                effect.CloudSecret,
		"vault kv get -field=password secret/a":  effect.CloudSecret,
		"vault read database/creds/readonly":     effect.CloudSecret,
		"vault -namespace=a kv get secret/app":   effect.CloudSecret,
		"vault --namespace admin kv destroy s/a": effect.CloudDestroy,
		"vault secrets disable kv/":              effect.CloudDestroy,
		"vault kv put secret/a b=c":              effect.CloudWrite,
		"vault policy write admin a.hcl":         effect.CloudPerm,
		"vault audit disable file":               effect.CloudControl,
		"vault operator seal":                    effect.CloudControl,
		"bao delete secret/a":                    effect.CloudDestroy,
	} {
		var args []Word
		for _, f := range strings.Fields(line) {
			args = append(args, Word{Text: f, Known: true})
		}
		out := Look(Call{Args: args})
		if len(out.Effects) == 0 || out.Effects[0].Kind != want {
			t.Errorf("%s: got %+v, want %s", line, out.Effects, want)
		}
	}
}
