// Package escape attacks the sandbox, and shows that each attack works without its wall.
//
// A probe is one try by a real program (probe, a command of its own) with bare system calls. The test runs it three
// times: without a sandbox, at level landlock and at level full, and looks at the effect from outside: a file that
// changed, a socket that heard something, a process that died. Without a sandbox every probe has to get through, else
// it proves nothing; what this host's kernel does not have is "not applicable" and is counted as neither. At level
// full only what is legitimate gets through; what remains open at level landlock is written down, row by row, and
// held to exactly that. `make escape` prints the table.
//
// A probe runs without a sandbox too, as root: it may name only what the test itself made (its files, its victims),
// never "all processes of the user" or a setting's new value. What cannot be tried so is not tried.
package escape
