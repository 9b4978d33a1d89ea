// Command writ-hook carries one hook payload of an agent host to the daemon and the answer back:
//
//	writ-hook -home DIR [-gate] [-run ID] claude < payload
//
// It prints the host's JSON and nothing else. Whatever goes otherwise than planned ends in exit code 2 with
// the reason on stderr, because a host takes every other failure of a hook for consent. It believes its
// arguments only: an agent's environment reaches this process, so no variable but the host's word for the
// project folder is read, and that one is passed on as data. It links little (see arch_test.go), because
// every tool call pays for its start.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"writ/internal/api"
	"writ/internal/client"
	"writ/internal/hook"
)

// deadline bounds everything between the payload and the answer. The host's own timeout, after which it
// lets the call through, must be far above it.
const deadline = 30 * time.Second

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run never lets a panic reach the runtime, whose exit code happens to be 2 but whose output is no reason.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(stderr, "writ: refused: writ-hook failed: %v\n", p)
			code = hook.ExitBlock
		}
	}()
	out := answer(args, stdin)
	if out.Stdout != "" {
		if _, err := io.WriteString(stdout, out.Stdout); err != nil {
			out = hook.Refuse("writ: refused: the answer could not be printed: " + err.Error())
		}
	}
	io.WriteString(stderr, out.Stderr) // nobody is left to tell
	return out.Exit
}

// answer finds out what to print and how to exit.
func answer(args []string, stdin io.Reader) hook.Output {
	opt, err := parse(args)
	if err != nil {
		return hook.Refuse("writ: refused: " + err.Error())
	}
	payload, err := io.ReadAll(io.LimitReader(stdin, hook.MaxPayload+1))
	if err != nil {
		return hook.Refuse("writ: refused: the payload could not be read: " + err.Error())
	}
	if len(payload) > hook.MaxPayload {
		return failed(payload, fmt.Errorf("the payload is larger than %d bytes", hook.MaxPayload))
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	resp, err := ask(ctx, opt, payload)
	if err != nil {
		return failed(payload, err)
	}
	if err := check(eventOf(payload), resp); err != nil {
		return failed(payload, fmt.Errorf("%w: %v", client.ErrMalformed, err))
	}
	return hook.Output{Exit: resp.Exit, Stdout: resp.Stdout, Stderr: resp.Stderr}
}

// ask sends the payload; where no daemon answers it is started and asked once more. A decision changes
// nothing by itself, so asking twice does no harm.
func ask(ctx context.Context, opt options, payload []byte) (api.HookResponse, error) {
	req := api.HookRequest{Host: opt.host, Payload: payload, Project: os.Getenv("CLAUDE_PROJECT_DIR"), Gate: opt.gate, Run: opt.run}
	resp, err := client.Hook(opt.home).Hook(ctx, req)
	if !errors.Is(err, client.ErrUnreachable) || ctx.Err() != nil {
		return resp, err
	}
	writ, werr := sibling()
	if werr != nil {
		return api.HookResponse{}, fmt.Errorf("%v; %w", err, werr)
	}
	if _, err := client.EnsureDaemon(ctx, opt.home, writ); err != nil {
		return api.HookResponse{}, err
	}
	return client.Hook(opt.home).Hook(ctx, req)
}

// sibling is the writ program beside this one, found through the kernel and never through PATH.
func sibling() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find writ beside writ-hook: %w", err)
	}
	return filepath.Join(filepath.Dir(self), "writ"), nil
}
