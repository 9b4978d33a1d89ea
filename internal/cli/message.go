package cli

import (
	"errors"
	"fmt"
	"io"
)

// Exit codes, the one table; docs/reference/exit-codes.md explains them.
const (
	ExitOK       = 0 // done
	ExitFailed   = 1 // the check or the work failed: a bad record, an incident, a failed expectation
	ExitUsage    = 2 // wrong flags or arguments, unreadable input
	ExitDenied   = 3 // refused by policy, or an unattended run with denied calls
	ExitNoDaemon = 4 // the daemon cannot be reached or started, or speaks another version
	ExitSetup    = 5 // the host or installation is not in the needed state
)

// exitError carries an exit code and, for people, what to type next.
type exitError struct {
	code int
	hint string
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}
func (e *exitError) Unwrap() error { return e.err }

// fail makes an error that ends the program with code; hint may be empty.
func fail(code int, hint, format string, args ...any) error {
	return &exitError{code: code, hint: hint, err: fmt.Errorf(format, args...)}
}

// silent ends the program with code after the command has printed its own account.
func silent(code int) error { return &exitError{code: code} }

// report prints an error for people and returns its exit code.
func report(w io.Writer, err error) int {
	var e *exitError
	if !errors.As(err, &e) {
		// What cobra itself refuses: unknown commands and flags, wrong numbers of arguments.
		fmt.Fprintf(w, "writ: error: %v\nwrit: hint: writ --help lists the commands, writ COMMAND --help explains one\n", err)
		return ExitUsage
	}
	if e.err != nil {
		fmt.Fprintf(w, "writ: error: %v\n", err)
	}
	if e.hint != "" {
		fmt.Fprintf(w, "writ: hint: %s\n", e.hint)
	}
	return e.code
}
