package guard

import "io/fs"

// NoDisk is a disk on which nothing exists.
type NoDisk struct{}

// Lstat finds nothing.
func (NoDisk) Lstat(path string) (fs.FileInfo, error) { return nil, missing("lstat", path) }

// Readlink finds nothing.
func (NoDisk) Readlink(path string) (string, error) { return "", missing("readlink", path) }

// ReadFile finds nothing.
func (NoDisk) ReadFile(path string, _ int64) ([]byte, error) { return nil, missing("open", path) }

// Glob matches nothing.
func (NoDisk) Glob(string) ([]string, error) { return nil, nil }

func missing(op, path string) error { return &fs.PathError{Op: op, Path: path, Err: fs.ErrNotExist} }
