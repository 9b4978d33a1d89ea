//go:build race

package command

// slower is how much longer things may take under the race detector.
const slower = 8
