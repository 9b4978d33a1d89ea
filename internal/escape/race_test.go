//go:build race

package escape

// raced tells that the race detector is on.
const raced = true
