package cli

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "write golden files anew")

const reference = "../../docs/reference/cli.md"

// visible lists the commands that help shows, parents before children.
func visible(c *cobra.Command) []*cobra.Command {
	out := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		if !sub.Hidden && sub.Name() != "help" && sub.Name() != "completion" {
			out = append(out, visible(sub)...)
		}
	}
	return out
}

func root() *cobra.Command {
	return newRoot(&Env{Getenv: func(string) string { return "" }, Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard})
}

// TestEveryCommandIsExplained holds each command to a sentence, a description and an example.
func TestEveryCommandIsExplained(t *testing.T) {
	for _, c := range visible(root()) {
		if c.Short == "" || c.Example == "" || (c.Long == "" && c.Runnable()) {
			t.Errorf("%s: want Short, Long and Example, got short %q, long of %d bytes, example of %d bytes", c.CommandPath(), c.Short, len(c.Long), len(c.Example))
		}
	}
}

// TestReferenceIsCurrent compares docs/reference/cli.md with the commands; -update writes it.
func TestReferenceIsCurrent(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("# Commands\n\nMade from the commands' own help by `go test ./internal/cli -run Reference -update`.\n")
	for _, c := range visible(root()) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n```\n%s```\n", c.CommandPath(), c.Short, usage(c))
	}
	if *update {
		if err := os.WriteFile(reference, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(reference)
	if err != nil || !bytes.Equal(want, b.Bytes()) {
		t.Errorf("%s is not what the commands say (%v): run go test ./internal/cli -run Reference -update", reference, err)
	}
}

func usage(c *cobra.Command) string {
	var b bytes.Buffer
	c.InitDefaultHelpFlag()
	c.SetOut(&b)
	if c.Long != "" {
		fmt.Fprintf(&b, "%s\n\n", c.Long)
	}
	_ = c.Usage() // writes to the buffer, which cannot fail
	return b.String()
}
