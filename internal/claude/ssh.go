package claude

import (
	"fmt"
	"os"
	"path/filepath"
)

// TunnelCommand is the hidden subcommand by which ssh goes through the egress proxy.
const TunnelCommand = "tunnel"

// sshThroughProxy lays a file of the machine's ssh configuration beside the managed settings: ssh knows no
// HTTP_PROXY. The person's own configuration goes before it. Where /etc/claude-code exists already, only that
// folder is covered, and ssh is left as it is.
func (l *Launch) sshThroughProxy() error {
	if !l.room.Net {
		return nil
	}
	ssh := filepath.Join(filepath.Dir(l.layer()), "ssh")
	dir := filepath.Join(ssh, "ssh_config.d")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, d := range []string{ssh, dir} { // whatever the umask says
		if err := os.Chmod(d, 0o755); err != nil {
			return err
		}
	}
	text := fmt.Sprintf("# of this session of writ claude\nHost * !localhost !127.0.0.1 !::1\n    ProxyCommand \"%s\" %s %s %%h %%p\n",
		filepath.Join(l.home.Bin(), WritName), TunnelCommand, loopbackAt(l.room.proxyPort()))
	return os.WriteFile(filepath.Join(dir, "00-writ.conf"), []byte(text), 0o644)
}
