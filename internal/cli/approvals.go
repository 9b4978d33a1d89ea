package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"writ/internal/api"
	"writ/internal/client"
	"writ/internal/home"
)

// newApprovals is `writ approvals`.
func newApprovals(env *Env) *cobra.Command {
	var asJSON, watch, all bool
	c := &cobra.Command{
		Use:   "approvals",
		Short: "List what waits for your word",
		Long: `List the calls that wait for a human, grouped by session and rule: who wants what, where, which rule asks,
and what it would do. Each is approved with writ approve ID or rejected with writ reject ID, within ten minutes.
With --watch new ones are shown as they come; with --json as one JSON array, or one object a line with --watch.`,
		Example: "  writ approvals\n  writ approvals --watch",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			h, err := env.home()
			if err != nil {
				return err
			}
			if watch {
				return watchApprovals(cmd.Context(), env.Stdout, h, asJSON)
			}
			list, err := listApprovals(cmd.Context(), h, all)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(env.Stdout, list)
			}
			return printApprovals(env.Stdout, list)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&watch, "watch", false, "show questions as they come, until interrupted")
	c.Flags().BoolVar(&all, "all", false, "list the answered and expired ones of the last hour, too")
	return c
}

func listApprovals(ctx context.Context, h home.Home, all bool) ([]api.Approval, error) {
	path := api.PathApprovals
	if all {
		path += "?all=1"
	}
	var list []api.Approval
	if err := client.Admin(string(h)).Do(ctx, "GET", path, nil, &list); err != nil {
		return nil, daemonError(err)
	}
	return list, nil
}

// printApprovals shows questions in their groups, in the order of each group's first.
func printApprovals(w io.Writer, list []api.Approval) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "nothing waits for you")
		return err
	}
	done := map[string]bool{}
	for _, first := range list {
		if done[first.Group] {
			continue
		}
		done[first.Group] = true
		if _, err := fmt.Fprintf(w, "session %.8s, rule %s\n", first.Session, first.Rule); err != nil {
			return err
		}
		for _, a := range list {
			if a.Group == first.Group {
				if err := printApproval(w, a); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// printApproval shows one question: everything that an approval would be bound to.
func printApproval(w io.Writer, a api.Approval) error {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s  %s", a.ID, plainLine(a.Summary))
	if a.Merged > 0 {
		fmt.Fprintf(&b, "  (asked %d times)", a.Merged+1)
	}
	fmt.Fprintf(&b, "\n          in %s, %s\n", plainLine(a.Cwd), stateOf(a))
	for _, r := range a.Reasons {
		fmt.Fprintf(&b, "          why  %s\n", plainLine(r))
	}
	for _, e := range a.Effects {
		fmt.Fprintf(&b, "          does %s\n", plainLine(e))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func stateOf(a api.Approval) string {
	switch {
	case a.Kind == "stuck":
		return "refused again and again: a notice, nothing to approve"
	case a.State == "pending":
		return "expires in " + time.Until(a.Expires).Round(time.Second).String()
	case a.By != "":
		return a.State + " by " + plainLine(a.By)
	}
	return a.State
}

// plainLine keeps text that an agent chose from playing with the terminal it is shown on.
func plainLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '·'
		}
		return r
	}, s)
}

// watchApprovals shows each question once. A daemon that goes away and comes back is waited for.
func watchApprovals(ctx context.Context, w io.Writer, h home.Home, asJSON bool) error {
	shown := map[string]bool{}
	for {
		list, err := listApprovals(ctx, h, false)
		if err != nil && len(shown) == 0 && ctx.Err() == nil {
			return err
		}
		for _, a := range list {
			if shown[a.ID] {
				continue
			}
			shown[a.ID] = true
			if err := showQuestion(w, a, asJSON); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(300 * time.Millisecond):
		}
	}
}

func showQuestion(w io.Writer, a api.Approval, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(a)
	}
	return printApproval(w, a)
}
