package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"writ/internal/api"
	"writ/internal/client"
	"writ/internal/home"
)

// newApprove is `writ approve`.
func newApprove(env *Env) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "approve ID...",
		Short: "Let an agent do what it asked, once",
		Long: `Approve waiting calls. An approval holds for exactly the call that was shown (command, folder, agent, effects,
content of the files that run), once, until ten minutes after it was asked. What is approved is printed.
Agents cannot approve: an attempt is refused with exit code 3 and recorded as an incident.`,
		Example: "  writ approvals\n  writ approve k7mq2d",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, ids []string) error {
			return answerAll(cmd.Context(), env, ids, "approve", "", asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	return c
}

// answerAll answers each question; it stops at the first that fails, so that what was printed is what was done.
func answerAll(ctx context.Context, env *Env, ids []string, verb, why string, asJSON bool) error {
	h, err := env.home()
	if err != nil {
		return err
	}
	for _, id := range ids {
		a, err := answerOne(ctx, h, id, verb, why)
		if err != nil {
			return err
		}
		if err := printAnswer(env.Stdout, a, asJSON); err != nil {
			return err
		}
	}
	return nil
}

func answerOne(ctx context.Context, h home.Home, id, verb, why string) (api.Approval, error) {
	if !isID(id) {
		return api.Approval{}, fail(ExitUsage, "writ approvals lists the ids", "%q is no approval's id", id)
	}
	var a api.Approval
	err := client.Admin(string(h)).Do(ctx, "POST", api.PathApprovals+"/"+id+"/"+verb, api.Answer{Why: why}, &a)
	if err != nil {
		return a, daemonError(err)
	}
	return a, nil
}

// isID tells ids from anything that would change the request's path.
func isID(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return false
		}
	}
	return s != "" && len(s) <= 16
}

func printAnswer(w io.Writer, a api.Approval, asJSON bool) error {
	if asJSON {
		return showQuestion(w, a, true)
	}
	if _, err := fmt.Fprintln(w, a.State); err != nil {
		return err
	}
	return printApproval(w, a)
}
