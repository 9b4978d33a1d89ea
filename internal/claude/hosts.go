package claude

import (
	"encoding/json"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
)

// ownHosts are what the CLI itself speaks to: the API, its login, and the check of addresses before WebFetch.
// Telemetry, error reports and updates are not among them: they fail quietly inside.
var ownHosts = list(`api.anthropic.com:443 claude.ai:443 console.anthropic.com:443 platform.claude.com:443`)

// cloudHosts are the places of the same API in clouds, by the variable that chooses it; REGION and NAME stand for
// the values of the variables named behind.
var cloudHosts = []struct {
	chosen, region, name string
	hosts                []string
}{
	{"CLAUDE_CODE_USE_BEDROCK", "AWS_REGION", "", list(`bedrock-runtime.REGION.amazonaws.com:443 bedrock.REGION.amazonaws.com:443 sts.REGION.amazonaws.com:443
		sts.amazonaws.com:443 oidc.REGION.amazonaws.com:443 portal.sso.REGION.amazonaws.com:443`)},
	{"CLAUDE_CODE_USE_VERTEX", "CLOUD_ML_REGION", "", list(`REGION-aiplatform.googleapis.com:443 aiplatform.googleapis.com:443 oauth2.googleapis.com:443`)},
	{"CLAUDE_CODE_USE_FOUNDRY", "", "ANTHROPIC_FOUNDRY_RESOURCE", list(`NAME.services.ai.azure.com:443 login.microsoftonline.com:443`)},
}

// Hosts are the egress rules of a session before anybody is asked: the CLI's own, those of the clouds that the
// person chose, and (own) the services and MCP servers that the person, never the project, configured. The
// latter may lie on a private network.
func (l *Launch) Hosts(state string) (general, own []string) {
	general = slices.Clone(ownHosts)
	for _, c := range cloudHosts {
		if v := l.setting(c.chosen); v == "" || v == "0" || v == "false" {
			continue
		}
		for _, h := range c.hosts {
			h = strings.NewReplacer("REGION", l.setting(c.region), "NAME", l.setting(c.name)).Replace(h)
			if !strings.HasPrefix(h, ".") && !strings.HasPrefix(h, "-") && !strings.Contains(h, "..") {
				general = append(general, h)
			}
		}
	}
	for _, u := range append(endpoints(l.Env, l.settings), serverURLs(state, l.around)...) {
		if !loopback(u.Hostname()) {
			own = append(own, net.JoinHostPort(u.Hostname(), portOf(u)))
		}
	}
	return general, own
}

// setting is a variable as the CLI will see it: the person's settings go before the environment.
func (l *Launch) setting(name string) string {
	if v, ok := l.settings[name]; ok && name != "" {
		return v
	}
	return l.variable(name)
}

// serverURLs are the addresses of the MCP servers in the CLI's own state, where only the person puts them.
func serverURLs(state string, folders []string) []*url.URL {
	text, err := os.ReadFile(state)
	if err != nil {
		return nil // no state: no servers
	}
	type servers map[string]struct {
		URL string `json:"url"`
	}
	var s struct {
		Servers  servers `json:"mcpServers"`
		Projects map[string]struct {
			Servers servers `json:"mcpServers"`
		} `json:"projects"`
	}
	if json.Unmarshal(text, &s) != nil {
		return nil // the CLI does not read it either
	}
	all := []servers{s.Servers}
	for _, dir := range folders {
		all = append(all, s.Projects[dir].Servers)
	}
	var out []*url.URL
	for _, part := range all {
		for _, one := range part {
			if u, err := url.Parse(one.URL); err == nil && u.Host != "" {
				out = append(out, u)
			}
		}
	}
	return out
}
