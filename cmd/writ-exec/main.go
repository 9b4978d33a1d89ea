package main

import (
	"os"

	"writ/internal/sandbox"
)

func main() {
	if os.Args[0] == sandbox.InitName {
		os.Exit(sandbox.Init())
	}
	os.Exit(1)
}
