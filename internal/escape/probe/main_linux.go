// Command probe is one attack on a sandbox per run: `probe NAME ARGUMENT…` tries one thing with bare system calls.
//
// Its last line is "done" (exit status 0) when the kernel let it through and "refused: why" (1) when not. That is
// only its word: the test that runs it looks at the effect from outside.
package main

import (
	"fmt"
	"maps"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// attack is one try; args are paths, ports or process ids.
type attack func(args []string) error

func main() {
	unix.Umask(0)
	if len(os.Args) < 2 {
		fmt.Println("refused: no attack named")
		os.Exit(2)
	}
	name, args := os.Args[1], os.Args[2:]
	all := map[string]attack{}
	for _, some := range []map[string]attack{fileAttacks, processAttacks, socketAttacks, mountAttacks, bareAttacks, kernelAttacks, limitAttacks} {
		maps.Copy(all, some)
	}
	do, ok := all[name]
	if !ok {
		fmt.Printf("refused: no attack %q; there are %q\n", name, slices.Sorted(maps.Keys(all)))
		os.Exit(2)
	}
	if err := do(args); err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Println("done")
}

// number reads an argument; what is none ends the try.
func number(s string) int {
	var n int
	if _, err := fmt.Sscan(s, &n); err != nil {
		fmt.Println("refused: not a number:", s)
		os.Exit(2)
	}
	return n
}
