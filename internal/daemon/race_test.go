//go:build race

package daemon

// raced tells that the race detector is on, which multiplies a program's memory.
const raced = true
