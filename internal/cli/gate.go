package cli

import (
	"os"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"writ/internal/claude"
	"writ/internal/client"
)

// newGate is the permission prompt tool that `writ claude` gives to the CLI. It is hidden: nobody types it.
func newGate(env *Env) *cobra.Command {
	var run string
	c := &cobra.Command{
		Use:    "gate --home DIR --run ID",
		Short:  "Answer the host's permission questions over MCP",
		Long:   "Gate is an MCP server on standard input and output that asks the daemon about every call and says no when it gets no clear yes.",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if env.homeFlag == "" || run == "" {
				return fail(ExitUsage, "writ claude starts it", "gate wants --home and --run: the environment is not asked")
			}
			h, err := env.home()
			if err != nil {
				return fail(ExitUsage, "", "%w", err)
			}
			g := claude.Gate{
				Daemon: client.Hook(string(h)), Run: run, Beat: 5 * time.Second,
				Session: os.Getenv("CLAUDE_CODE_SESSION_ID"), Project: os.Getenv("CLAUDE_PROJECT_DIR"),
			}
			if err := g.Serve(cmd.Context(), &mcp.StdioTransport{}, Build); err != nil {
				return fail(ExitFailed, "", "gate: %w", err)
			}
			return nil
		},
	}
	c.Flags().StringVar(&run, "run", "", "id of the run")
	return c
}
