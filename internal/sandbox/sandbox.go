// Package sandbox confines process trees in the kernel: a program started here can change the files of its
// Profile, read everything but secrets, reach its own loopback and what the egress proxy lets through, and
// nothing else. It needs no root, no helper program and no cgo.
package sandbox
