package policy

import (
	"embed"
	"errors"
	"io/fs"
	"path"
	"strings"
)

//go:embed builtin
var files embed.FS

// embedded reads the policies that ship with writ. They cannot change after the build, so validating them is
// the work of a test and not of every start.
func embedded() ([]*Rule, error) { return readEmbedded(parse) }

func readEmbedded(parse func(Layer, string, []byte) ([]*Rule, error)) ([]*Rule, error) {
	var rules []*Rule
	var errs []error
	err := fs.WalkDir(files, "builtin", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".cedar" {
			return err
		}
		text, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		layer := Builtin
		if strings.HasPrefix(name, "builtin/floor/") {
			layer = Floor
		}
		rs, err := parse(layer, name, text)
		rules, errs = append(rules, rs...), append(errs, err)
		return nil
	})
	return rules, errors.Join(append(errs, err)...)
}

// Schema is the Cedar schema that every policy is checked against.
func Schema() string {
	text, err := files.ReadFile("builtin/schema.cedarschema")
	if err != nil {
		panic(err) // the file is part of the program
	}
	return string(text)
}
