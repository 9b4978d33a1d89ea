package cli

import "github.com/spf13/cobra"

// newReject is `writ reject`.
func newReject(env *Env) *cobra.Command {
	var why string
	var asJSON bool
	c := &cobra.Command{
		Use:     "reject ID...",
		Short:   "Refuse what an agent asked, and tell it why",
		Long:    "Reject waiting calls. The agent reads the reason given with --why.",
		Example: "  writ reject k7mq2d --why 'use the staging database'",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, ids []string) error {
			return answerAll(cmd.Context(), env, ids, "reject", why, asJSON)
		},
	}
	c.Flags().StringVar(&why, "why", "", "the reason, for the agent and the log")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	return c
}
