package cli

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"writ/internal/claude"
)

// newTunnel connects standard input and output with a host through the egress proxy, as ssh's ProxyCommand.
func newTunnel(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:    claude.TunnelCommand + " PROXY HOST PORT",
		Short:  "Reach a host through the egress proxy",
		Long:   "Tunnel is what ssh uses inside a session of writ claude: it asks the proxy for a tunnel to the host and carries bytes both ways.",
		Hidden: true,
		Args:   cobra.ExactArgs(3),
		RunE: func(_ *cobra.Command, args []string) error {
			c, r, err := tunnelTo(args[0], net.JoinHostPort(args[1], args[2]))
			if err != nil {
				return fail(ExitFailed, "", "%w", err)
			}
			defer c.Close()
			go func() {
				io.Copy(c, env.Stdin)
				if t, ok := c.(*net.TCPConn); ok {
					t.CloseWrite()
				}
			}()
			if _, err := io.Copy(env.Stdout, r); err != nil {
				return fail(ExitFailed, "", "the tunnel to %s broke: %w", args[1], err)
			}
			return nil
		},
	}
}

// tunnelTo opens the tunnel. A refusal is an error with the proxy's own words.
func tunnelTo(proxy, target string) (net.Conn, *bufio.Reader, error) {
	c, err := net.DialTimeout("tcp", proxy, 10*time.Second)
	if err != nil {
		return nil, nil, err
	}
	fmt.Fprintf(c, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, target) // the answer shows a failure
	r := bufio.NewReader(c)
	answer, err := http.ReadResponse(r, &http.Request{Method: http.MethodConnect})
	if err == nil && answer.StatusCode == http.StatusOK {
		return c, r, nil
	}
	defer c.Close()
	if err != nil {
		return nil, nil, fmt.Errorf("the proxy gave no answer: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	if err != nil || len(body) == 0 {
		return nil, nil, fmt.Errorf("the proxy answered %s", answer.Status)
	}
	return nil, nil, fmt.Errorf("%s", body)
}
