//go:build !race

package command

const slower = 1
